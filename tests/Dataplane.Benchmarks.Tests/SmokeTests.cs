using System.Diagnostics;
using System.Text.Json;

namespace Dataplane.Benchmarks.Tests;

/// <summary>Three time gates: ratios to the C reference, in the build that is shipped.</summary>
public sealed class SmokeTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _report = Path.GetTempFileName();

    [Fact]
    public async Task Parsing_look_up_and_the_whole_path_take_at_most_twice_their_goals()
    {
        ProcessStartInfo start = new(Path.Combine(Root(), "installer", "appliance"),
            ["bench", "smoke", "--json", _report])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process bench = Process.Start(start)!;
        Task<string> errors = bench.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string printed = await bench.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bench.WaitForExitAsync(TestContext.Current.CancellationToken);
        output.WriteLine(printed);

        Assert.True(bench.ExitCode == 0, printed + await errors);
        using JsonDocument report = JsonDocument.Parse(
            await File.ReadAllTextAsync(_report, TestContext.Current.CancellationToken));
        JsonElement[] checks = [.. report.RootElement.GetProperty("checks").EnumerateArray()];
        Assert.Equal(3, checks.Length);
        Assert.All(checks, check => Assert.True(check.GetProperty("ok").GetBoolean()));
    }

    public void Dispose() => File.Delete(_report);

    private static string Root()
    {
        DirectoryInfo at = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Appliance.sln")))
        {
            at = at.Parent!;
        }

        return at.FullName;
    }
}
