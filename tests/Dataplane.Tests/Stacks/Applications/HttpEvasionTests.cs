using System.Text.Json;
using Dataplane.Events.Applications;
using Testing;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>Responses made to fool inspection, from the shared captures: the test file must be found
/// wherever the reference engine finds it, and nowhere else.</summary>
public sealed class HttpEvasionTests
{
    private const string Planted = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE";

    [Fact]
    public void The_planted_file_is_in_the_body_where_the_reference_engine_finds_it()
    {
        string? folder = AcceptanceData.Find("suricata");
        Assert.SkipWhen(folder is null, "The acceptance captures are not on this machine.");
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "index.json")));
        var wrong = new List<string>();
        int count = 0;
        foreach (JsonElement one in index.RootElement.GetProperty("cases").EnumerateArray())
        {
            if (one.GetProperty("family").GetString() != "http-evader")
            {
                continue;
            }
            count++;
            bool isExpected = one.GetProperty("expected").EnumerateObject().Any();
            if (isExpected != IsFound(Path.Combine(folder!, one.GetProperty("pcap").GetString()!)))
            {
                wrong.Add(one.GetProperty("id").GetString()!);
            }
        }
        Assert.True(count > 200, $"Only {count} cases were found.");
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {count} differ: {string.Join(' ', wrong)}");
    }

    private static bool IsFound(string capture) =>
        CaptureStreams.Of(capture).Any(dialogue =>
            AppBench.Read(dialogue.ServerPort, [.. dialogue.Pieces])
                .Split('\n')
                .Any(line => line.Contains(nameof(AppBuffer.FileData), StringComparison.Ordinal)
                    && line.Contains(Planted, StringComparison.Ordinal)));
}
