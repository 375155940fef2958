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

    [Fact]
    public void On_header_payload_and_flow_rules_the_alerts_are_the_reference_engine_s() =>
        Compare("1", null, 0.97);

    [Fact, Trait("tier", "long")]
    public void On_rules_for_evasions_in_http_the_alerts_are_the_reference_engine_s() =>
        Compare("2", "http-evader", 0.95);

    [Fact, Trait("tier", "long")]
    public void On_rules_for_applications_the_alerts_are_the_reference_engine_s() =>
        Compare("2", "other", 0.94);

    [Fact, Trait("tier", "long")]
    public void On_all_other_rules_four_fifths_of_the_captures_give_the_reference_engine_s_alerts() =>
        Compare("3", null, 0.8);

    [Fact, Trait("tier", "long")]
    public void On_a_whole_real_rule_set_the_alerts_are_the_reference_engine_s() => Compare("R", null, 0.97);

    /// <summary>Runs the cases of a tier; the share of those that agree must be reached by all, and by those
    /// that expect alerts.</summary>
    private static void Compare(string tier, string? family, double exactMin)
    {
        string? folder = AcceptanceData.Find("suricata");
        Assert.SkipWhen(folder is null, NoData);
        string output = Directory.CreateTempSubdirectory("acceptance-").FullName;
        var wrong = new List<string>();
        int count = 0;
        int alerting = 0;
        int alertingWrong = 0;
        try
        {
            using JsonDocument index =
                JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "index.json")));
            foreach (JsonElement one in index.RootElement.GetProperty("cases").EnumerateArray())
            {
                if (one.GetProperty("tier").ToString() != tier
                    || (family is not null && one.GetProperty("family").GetString() != family))
                {
                    continue;
                }
                List<string> expected = Expected(one);
                bool agrees = expected.SequenceEqual(Found(one, folder!, output));
                count++;
                alerting += expected.Count > 0 ? 1 : 0;
                alertingWrong += expected.Count > 0 && !agrees ? 1 : 0;
                if (!agrees)
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
        Assert.True(wrong.Count <= count * (1 - exactMin), $"{wrong.Count} of {count} differ: {names}");
        Assert.True(
            alertingWrong <= alerting * (1 - exactMin),
            $"{alertingWrong} of {alerting} that expect alerts differ: {names}");
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
