using System.Diagnostics;
using Testing;

namespace Dataplane.Tests.Engine;

/// <summary>Traffic between a client and a server through the whole engine, on wires.</summary>
public sealed class InlineTests
{
    private const int SecondsMax = 20;

    private const string Injection =
        """
        alert tcp any any -> any 80 (msg:"sqli"; flow:to_server,established; content:"UNION+SELECT"; sid:1;)
        """;

    private const string Forbidden =
        """
        drop tcp any any -> any 80 (msg:"forbidden"; flow:to_server,established; content:"forbidden"; sid:2;)
        """;

    [Fact]
    public void An_injection_raises_an_alert_and_a_drop_rule_breaks_its_request_and_no_other()
    {
        using Namespaces namespaces = Serve(out _);
        using InlineAppliance appliance = new(namespaces);
        appliance.Apply(Injection, Forbidden);

        Assert.Equal("hello", namespaces.Curl("/", SecondsMax).Output);

        Assert.Equal("hello", namespaces.Curl("/?q=1+UNION+SELECT+2", SecondsMax).Output);
        Assert.True(appliance.WaitForAlert(), "the injection raised an alert");

        Assert.NotEqual(0, namespaces.Curl("/?q=forbidden", 2).ExitCode);
        Assert.True(appliance.WaitForAlert(), "the dropped request raised an alert");

        Assert.Equal("hello", namespaces.Curl("/", SecondsMax).Output);
        Assert.All(appliance.Ports, port => Assert.True(port.IsUp, port.Message));
    }

    [Fact]
    public void A_download_survives_revisions_that_are_put_in_place_under_it()
    {
        using Namespaces namespaces = Serve(out byte[] big);
        using InlineAppliance appliance = new(namespaces);
        appliance.Apply(Injection);
        string copy = namespaces.FilePath("copy");
        Process download = namespaces.Start(
            namespaces.Client,
            "curl", "--no-progress-meter", "--max-time", "60", "--limit-rate", "1500k", "-o", copy,
            $"http://{Namespaces.ServerAddress}/big");

        for (int revision = 0; revision < 5; revision++)
        {
            appliance.Apply(revision % 2 == 0 ? [Injection, Forbidden] : [Injection]);
        }

        download.WaitForExit();
        Assert.Equal(0, download.ExitCode);
        Assert.Equal(big, File.ReadAllBytes(copy));
        Assert.All(appliance.Ports, port => Assert.Equal(0ul, port.Port.Counters.ReceiveDrops));
    }

    private static Namespaces Serve(out byte[] big)
    {
        big = new byte[4_000_000];
        new Random(1).NextBytes(big);
        Namespaces namespaces = Namespaces.Create();
        namespaces.StartNginx(new Dictionary<string, byte[]>
        {
            ["index.html"] = "hello"u8.ToArray(),
            ["big"] = big,
        });
        return namespaces;
    }
}
