using System.Globalization;
using System.Net;
using System.Text.Json;
using Dataplane.Offline;
using Testing;

namespace Dataplane.Tests.Offline;

/// <summary>`analyze` against the alerts that Suricata 7.0.10 raised on the same captures and
/// rules.</summary>
public sealed class SuricataAcceptanceTests
{
    private const string NoData = "The acceptance captures are not on this machine.";
    private const double ExactMin = 0.95;

    [Fact]
    public void On_header_payload_and_flow_rules_the_alerts_are_the_reference_engine_s()
    {
        string? folder = AcceptanceData.Find("suricata");
        Assert.SkipWhen(folder is null, NoData);
        string output = Directory.CreateTempSubdirectory("acceptance-").FullName;
        var wrong = new List<string>();
        int count = 0;
        try
        {
            using JsonDocument index =
                JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "index.json")));
            foreach (JsonElement one in index.RootElement.GetProperty("cases").EnumerateArray())
            {
                if (one.GetProperty("tier").ToString() != "1")
                {
                    continue;
                }
                count++;
                if (!Expected(one).SequenceEqual(Found(one, folder!, output)))
                {
                    wrong.Add(one.GetProperty("id").GetString()!);
                }
            }
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
        Assert.True(count > 100, $"Only {count} cases were found.");
        string names = string.Join(' ', wrong);
        Assert.True(wrong.Count <= count * (1 - ExactMin), $"{wrong.Count} of {count} differ: {names}");
    }

    private static List<string> Expected(JsonElement one)
    {
        var ignored = one.GetProperty("ignored_sids").EnumerateArray().Select(s => s.GetInt64()).ToHashSet();
        var alerts = new List<string>();
        foreach (JsonElement alert in one.GetProperty("alerts").EnumerateArray())
        {
            if (!ignored.Contains(alert.GetProperty("sid").GetInt64()))
            {
                alerts.AddRange(Enumerable.Repeat(
                    Line(alert.GetProperty("gid"), alert.GetProperty("sid"), alert),
                    alert.GetProperty("count").GetInt32()));
            }
        }
        return [.. alerts.Order(StringComparer.Ordinal)];
    }

    private static List<string> Found(JsonElement one, string folder, string output)
    {
        var ignored = one.GetProperty("ignored_sids").EnumerateArray().Select(s => s.GetInt64()).ToHashSet();
        var errors = new StringWriter(CultureInfo.InvariantCulture);
        int code = AnalyzeRun.Execute(
            [
                Path.Combine(folder, one.GetProperty("pcap").GetString()!), "--out", output, "--outputs",
                    "eve",
                "--rules", Path.Combine(folder, one.GetProperty("rules").GetString()!),
            ],
            errors);
        Assert.True(code == 0, $"{one.GetProperty("id")}: {errors}");
        var alerts = new List<string>();
        foreach (string line in File.ReadLines(Path.Combine(output, "eve.json")))
        {
            using JsonDocument eve = JsonDocument.Parse(line);
            if (eve.RootElement.GetProperty("event_type").GetString() != "alert")
            {
                continue;
            }
            JsonElement alert = eve.RootElement.GetProperty("alert");
            if (!ignored.Contains(alert.GetProperty("signature_id").GetInt64()))
            {
                alerts.Add(
                    Line(alert.GetProperty("gid"), alert.GetProperty("signature_id"), eve.RootElement));
            }
        }
        return [.. alerts.Order(StringComparer.Ordinal)];
    }

    private static string Line(JsonElement gid, JsonElement sid, JsonElement ends) => string.Join(
        ' ', gid.GetInt64(), sid.GetInt64(), ends.GetProperty("proto").GetString()!.ToUpperInvariant(),
        Address(ends, "src_ip"), Port(ends, "src_port"), Address(ends, "dest_ip"), Port(ends, "dest_port"));

    private static IPAddress Address(JsonElement ends, string name) =>
        IPAddress.Parse(ends.GetProperty(name).GetString()!);

    private static int Port(JsonElement ends, string name) =>
        ends.TryGetProperty(name, out JsonElement port) ? port.GetInt32() : 0;
}
