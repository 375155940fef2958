using System.Globalization;
using System.Text.Json;
using Dataplane.Offline;
using Testing;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>Rule 6 over the acceptance captures: what is written is the same wherever NFs run.</summary>
public sealed class CorpusEqualityTests
{
    private const int SampleCount = 12;
    private const int Seed = 4_711;
    private static readonly string[] Sets = ["tcp", "ndpi", "suricata"];
    private static readonly string[] Files = ["eve.json", "tcp.json", "flows.json"];

    [Fact]
    public void A_sample_of_captures_gives_the_same_files_in_parallel()
    {
        var random = new Random(Seed);
        (string Capture, string Rules)[] all = Captures();
        Compare([.. Enumerable.Range(0, SampleCount).Select(_ => all[random.Next(all.Length)])]);
    }

    [Fact, Trait("tier", "long")]
    public void Every_capture_gives_the_same_files_in_parallel() => Compare(Captures());

    private static void Compare((string Capture, string Rules)[] captures)
    {
        string folder = Directory.CreateTempSubdirectory("corpus-").FullName;
        try
        {
            var different = new List<string>();
            foreach ((string capture, string rules) in captures)
            {
                Run(capture, rules, "inline", Path.Combine(folder, "one"));
                Run(capture, rules, "parallel", Path.Combine(folder, "two"));
                different.AddRange(Files.Where(file => !Lines(folder, "one", file)
                        .SequenceEqual(Lines(folder, "two", file)))
                    .Select(file => $"{Path.GetFileName(capture)} {file}"));
            }

            Assert.Empty(different);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> Lines(string folder, string run, string file) =>
        File.ReadLines(Path.Combine(folder, run, file)).Order(StringComparer.Ordinal);

    private static void Run(string capture, string rules, string placement, string output)
    {
        Directory.CreateDirectory(output);
        string chain = Path.Combine(output, "chain.json");
        File.WriteAllText(chain, Document(placement));
        string[] words = [capture, "--chain", chain, "--out", output, "--stream-hashes"];
        var errors = new StringWriter(CultureInfo.InvariantCulture);
        int code = AnalyzeRun.Execute(rules.Length == 0 ? words : [.. words, "--rules", rules], errors);
        Assert.True(code == 0, $"{capture}: {errors}");
    }

    /// <summary>One stage, so that nothing is waited for but what rules forbid. Signature match hears packets
    /// and streams only: transactions of applications tie it to the worker.</summary>
    private static string Document(string placement)
    {
        string Nf(string name, string kind, string rest = "") =>
            $$"""{"name":"{{name}}","kind":"{{kind}}","placement":"{{placement}}"{{rest}}}""";
        string streams = "," + """
            "subscriptions":[{"name":"client-packets","events":["EVENT/PKT/TCP"],"sender":"client"},
             {"name":"server-packets","events":["EVENT/PKT/TCP"],"sender":"server"},
             {"name":"client-stream","event":"EVENT/DATA_RDY","sender":"client"},
             {"name":"server-stream","event":"EVENT/DATA_RDY","sender":"server"}]
            """;
        return $$"""
            {"ports":[{"id":"a","device":"demo"}],"chains":[{"id":"main","ports":["a"],"stages":[{"nfs":[
              {{Nf("dpi", "dpi")}},{{Nf("ids", "signature-match", streams)}},{{Nf("stats", "flow-stats")}},
              {{Nf("log", "logger", ",\"options\":{\"writeProtocols\":true}")}}]}]}]}
            """;
    }

    private static (string Capture, string Rules)[] Captures()
    {
        var found = new List<(string, string)>();
        foreach (string set in Sets)
        {
            string? folder = AcceptanceData.Find(set);
            Assert.SkipWhen(folder is null, "The acceptance captures are not on this machine.");
            using JsonDocument index =
                JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "index.json")));
            foreach (JsonElement one in index.RootElement.GetProperty("cases").EnumerateArray())
            {
                if (one.TryGetProperty("tier", out JsonElement tier) && tier.ToString() == "R")
                {
                    continue; // a whole real rule set takes longer to load than its capture to handle
                }

                string rules = one.TryGetProperty("rules", out JsonElement named) ? named.GetString()! : "";
                found.Add((Path.Combine(folder!, one.GetProperty("pcap").GetString()!),
                    rules.Length == 0 ? "" : Path.Combine(folder!, rules)));
            }
        }

        return [.. found];
    }
}
