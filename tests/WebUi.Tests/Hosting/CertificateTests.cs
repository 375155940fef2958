using System.Security.Cryptography.X509Certificates;
using WebUi.Hosting;
using Xunit;

namespace WebUi.Tests.Hosting;

public sealed class CertificateTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly string _data = Directory.CreateTempSubdirectory("webui-").FullName;

    [Fact]
    public void The_first_start_makes_one_for_localhost_that_only_its_owner_may_read()
    {
        using X509Certificate2 made = Certificate.LoadOrCreate(_data, Now);

        Assert.True(made.MatchesHostname("localhost"));
        Assert.True(made.MatchesHostname("127.0.0.1"));
        Assert.True(made.HasPrivateKey);
        UnixFileMode mode = File.GetUnixFileMode(Path.Combine(_data, "tls", "key.pem"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
    }

    [Fact]
    public void Later_starts_use_it_again()
    {
        using X509Certificate2 made = Certificate.LoadOrCreate(_data, Now);
        using X509Certificate2 again = Certificate.LoadOrCreate(_data, Now.AddDays(300));

        Assert.Equal(made.Thumbprint, again.Thumbprint);
    }

    [Fact]
    public void It_is_made_anew_in_its_last_thirty_days()
    {
        using X509Certificate2 made = Certificate.LoadOrCreate(_data, Now);
        using X509Certificate2 later = Certificate.LoadOrCreate(_data, Now.AddDays(397 - 29));

        Assert.NotEqual(made.Thumbprint, later.Thumbprint);
    }

    public void Dispose() => Directory.Delete(_data, recursive: true);
}
