using System.Globalization;
using System.Net;
using System.Text.Json;
using Dataplane.Offline;
using Testing;

namespace Dataplane.Tests.Offline;

/// <summary>`analyze` against what ndpiReader 4.2 says of each flow of the same captures.</summary>
public sealed class NdpiAcceptanceTests(ITestOutputHelper output)
{
    private const string NoData = "The acceptance captures are not on this machine.";
    private const double FlowsMin = 0.99;
    private const double CasesMin = 0.95;
    private const double FieldsMin = 0.99;
    private const int CasesLeast = 300;

    [Fact]
    public void Flows_get_the_protocols_categories_confidences_and_hosts_that_ndpiReader_names()
    {
        string? folder = AcceptanceData.Find("ndpi");
        Assert.SkipWhen(folder is null, NoData);
        using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "index.json")));
        var score = new Score();
        string results = Directory.CreateTempSubdirectory("acceptance-").FullName;
        try
        {
            foreach (JsonElement one in index.RootElement.GetProperty("cases").EnumerateArray())
            {
                string capture = Path.Combine(folder!, one.GetProperty("pcap").GetString()!);
                score.Count(one, Analyze(capture, results));
            }
        }
        finally
        {
            Directory.Delete(results, recursive: true);
        }

        output.WriteLine(score.ToString());
        Assert.True(score.Cases >= CasesLeast, $"Only {score.Cases} cases were found.");
        Assert.True(score.RightFlows >= FlowsMin * score.Flows, score.ToString());
        Assert.True(score.Cases - score.Failed.Count >= CasesMin * score.Cases, score.ToString());
        Assert.True(score.RightFields >= FieldsMin * score.Fields, score.ToString());
    }

    private static List<JsonElement> Analyze(string capture, string results)
    {
        var errors = new StringWriter(CultureInfo.InvariantCulture);
        int code = AnalyzeRun.Execute([capture, "--out", results, "--outputs", "flows"], errors);
        Assert.True(code == 0, $"{capture}: {errors}");
        return [.. File.ReadLines(Path.Combine(results, "flows.json"))
            .Select(line => JsonDocument.Parse(line).RootElement)];
    }

    /// <summary>Flows as the captures' scorer counts them: ends without direction, and the name.</summary>
    private sealed class Score
    {
        public List<string> Failed { get; } = [];

        public int Cases { get; private set; }

        public int Flows { get; private set; }

        public int RightFlows { get; private set; }

        /// <summary>Categories, confidences and host names of right flows.</summary>
        public int Fields { get; private set; }

        public int RightFields { get; private set; }

        private readonly List<string> _wrongFields = [];

        public void Count(JsonElement one, List<JsonElement> found)
        {
            List<JsonElement> wanted = [.. one.GetProperty("flows").EnumerateArray()];
            int right = Match(wanted, found, out List<(JsonElement, JsonElement)> pairs);
            int besides = found.Count - right;
            if (one.TryGetProperty("alternative_flows", out JsonElement other)
                && other.ValueKind == JsonValueKind.Array)
            {
                List<JsonElement> alternative = [.. other.EnumerateArray()];
                int fits = Match(alternative, found, out List<(JsonElement, JsonElement)> otherPairs);
                if (alternative.Count - fits + found.Count - fits < wanted.Count - right + besides)
                {
                    (wanted, right, besides, pairs) = (alternative, fits, found.Count - fits, otherPairs);
                }
            }

            (Cases, Flows, RightFlows) = (Cases + 1, Flows + wanted.Count, RightFlows + right);
            if (right < wanted.Count || besides > 0)
            {
                Failed.Add(one.GetProperty("id").GetString()!);
            }
            foreach ((JsonElement want, JsonElement got) in pairs)
            {
                CountField(one, want, got, "category");
                CountField(one, want, got, "confidence");
                CountField(one, want, got, "hostname");
            }
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"{RightFlows} of {Flows} flows, {Cases - Failed.Count} of {Cases} captures, "
            + $"{RightFields} of {Fields} fields; failed: {string.Join(' ', Failed)}; "
            + $"fields: {string.Join("; ", _wrongFields.Take(40))}");

        private void CountField(JsonElement one, JsonElement want, JsonElement got, string name)
        {
            // ndpiReader names no category where it knows no protocol, and a confidence of "Unknown".
            string? wanted = TextOf(want, name), found = TextOf(got, name);
            if (wanted is null or "Unknown")
            {
                return;
            }

            Fields++;
            RightFields += wanted == found ? 1 : 0;
            if (wanted != found)
            {
                _wrongFields.Add(
                    $"{one.GetProperty("id")}: {TextOf(got, "proto")} {name} {wanted}, not {found}");
            }
        }

        private static int Match(
            List<JsonElement> wanted, List<JsonElement> found, out List<(JsonElement, JsonElement)> pairs)
        {
            // Several flows may have the same ends (VLANs): those of the same host are taken as pairs.
            ILookup<string, JsonElement> byName = found.OrderBy(HostOf).ToLookup(NameOf);
            Dictionary<string, Queue<JsonElement>> left =
                byName.ToDictionary(group => group.Key, group => new Queue<JsonElement>(group));
            pairs = [];
            foreach (JsonElement flow in wanted.OrderBy(HostOf))
            {
                if (left.TryGetValue(NameOf(flow), out Queue<JsonElement>? same)
                    && same.TryDequeue(out JsonElement got))
                {
                    pairs.Add((flow, got));
                }
            }

            return pairs.Count;
        }

        private static string NameOf(JsonElement flow)
        {
            string[] ends = [End(flow, "src"), End(flow, "dst")];
            Array.Sort(ends, StringComparer.Ordinal);
            return string.Join(' ', TextOf(flow, "l4")!.ToUpperInvariant(), ends[0], ends[1],
                TextOf(flow, "proto"));
        }

        private static string HostOf(JsonElement flow) =>
            $"{TextOf(flow, "hostname")} {TextOf(flow, "confidence")}";

        private static string End(JsonElement flow, string side)
        {
            string address = TextOf(flow, $"{side}_ip")!;
            string port = flow.TryGetProperty($"{side}_port", out JsonElement number)
                && number.ValueKind == JsonValueKind.Number ? number.ToString() : "0";
            return $"{(IPAddress.TryParse(address, out IPAddress? ip) ? ip.ToString() : address)}|{port}";
        }

        private static string? TextOf(JsonElement flow, string name) =>
            flow.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : null;
    }
}
