using System.Text.Json;
using EndToEnd.Tests.Command;

namespace EndToEnd.Tests.Demo;

/// <summary>Each capture of the demo gives the events that expected.json lists,
/// no more and no fewer.</summary>
public sealed class DemoEventTests : IDisposable
{
    private readonly string _out = Directory.CreateTempSubdirectory("demo-").FullName;

    public static TheoryData<string> FileNames => [.. Expected().Select(capture => capture.File)];

    public void Dispose() => Directory.Delete(_out, recursive: true);

    [Theory]
    [MemberData(nameof(FileNames))]
    public void A_capture_gives_the_events_that_are_expected_of_it(string fileName)
    {
        ExpectedCapture expected = Expected().Single(capture => capture.File == fileName);
        Outcome outcome = ApplianceCommand.Run(
            "analyze", RepositoryTree.At("installer", "demo", fileName),
            "--chain", RepositoryTree.At("installer", "defaults", "demo.json"), "--out", _out);
        Assert.True(outcome.ExitCode == 0, outcome.Errors);

        JsonElement[] events = Lines("eve.json");
        Assert.Equal(
            expected.Alerts,
            Counts(events.Where(e => Text(e, "event_type") == "alert")
                .Select(e => e.GetProperty("alert").GetProperty("signature_id").ToString())));
        Assert.Equal(expected.LongFlows, events.Count(e => Text(e, "event_type") == "long_flow"));
        Assert.Equal(expected.Tcp, Counts(Lines("tcp.json").Select(c => Text(c, "final_state"))));
    }

    [Fact]
    public void Every_capture_has_its_expectation() =>
        Assert.Equal(
            Testing.Demo.DemoCaptures.All().Select(capture => capture.FileName),
            Expected().Select(capture => capture.File));

    private JsonElement[] Lines(string file) =>
        [.. File.ReadLines(Path.Combine(_out, file)).Select(line => JsonElement.Parse(line))];

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static SortedDictionary<string, int> Counts(IEnumerable<string> values) =>
        new(values.GroupBy(value => value).ToDictionary(group => group.Key, group => group.Count()));

    private static ExpectedCapture[] Expected()
    {
        using FileStream file = File.OpenRead(RepositoryTree.At("installer", "demo", "expected.json"));
        return JsonSerializer.Deserialize<ExpectedFile>(file, JsonSerializerOptions.Web)!.Captures;
    }

    private sealed record ExpectedFile(ExpectedCapture[] Captures);

    private sealed record ExpectedCapture(
        string File, SortedDictionary<string, int> Alerts, int LongFlows, SortedDictionary<string, int> Tcp);
}
