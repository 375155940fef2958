using System.Globalization;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Testing;

namespace Dataplane.Benchmarks.Ids;

/// <summary>The whole IDS chain as shipped, from memory, with 0 to 10,000 rules; beside Suricata where it is
/// installed.</summary>
public sealed class IdsThroughputExperiment : Experiment
{
    /// <summary>All planted attacks are of the first rules: each set of rules finds the same.</summary>
    private const int PlantedRules = 100;
    private const double SuricataRatioMin = 3;
    private const double Million = 1e6;
    private static readonly int[] RuleCounts = [0, 100, 1_000, 10_000];

    private const string Stages = """
        {"nfs":[{"name":"dpi","kind":"dpi"},
                {"name":"ids","kind":"signature-match","options":{"ruleSet":"bench"}}]},
        {"nfs":[{"name":"stats","kind":"flow-stats"},{"name":"log","kind":"logger"}]}
        """;

    public override string Name => "ids";

    public override string Summary =>
        "whole IDS chain on T1, T2, T4 with 0 to 10,000 rules, beside suricata: packets a CPU-second";

    public override ExperimentReport Measure(string command)
    {
        string folder = Directory.CreateTempSubdirectory("bench-ids").FullName;
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        var rules = new List<RuleSets>();
        foreach (int count in RuleCounts)
        {
            rules.Add(Load(count, folder, rows));
        }

        foreach (TrafficKind kind in (TrafficKind[])[TrafficKind.T1, TrafficKind.T2, TrafficKind.T4])
        {
            MeasureSet(kind, rules, folder, rows, checks);
        }

        rules.ForEach(set => set.Dispose());
        Directory.Delete(folder, recursive: true);
        return ExperimentReport.Now(Name, command, rows, checks);
    }

    private static string RuleFile(string folder, int count) => Path.Combine(folder, $"{count}.rules");

    private static RuleSets Load(int count, string folder, List<ReportRow> rows)
    {
        string file = RuleFile(folder, count);
        File.WriteAllText(file, count == 0 ? "" : new SignatureSet(count).Rules());
        var document = new ConfigurationDocument
        {
            RuleSets = [new RuleSetDefinition { Id = "bench", Files = [file] }],
        };
        var rules = RuleSets.Load(document, ".", new Dictionary<string, string>(), []);
        rows.Add(ReportRow.Counted($"loading of {count} rules", "s", rules.LoadTime.TotalSeconds));
        return rules;
    }

    private static void MeasureSet(
        TrafficKind kind, List<RuleSets> rules, string folder, List<ReportRow> rows, List<ReportCheck> checks)
    {
        using var traffic = new TrafficSet(TrafficOptions.Of(kind), new SignatureSet(PlantedRules));
        var runs = new Interleaved();
        var subjects = new List<ChainSubject>();
        (int, uint)[] planted = [.. traffic.Truth.Attacks.Select(a => (a.Flow, a.Sid)).Order()];
        for (int i = 0; i < RuleCounts.Length; i++)
        {
            var subject = new ChainSubject(
                traffic.Store, Stages, rules[i], flowMax: (uint)traffic.Truth.Options.Flows * 2);
            subjects.Add(subject);
            _ = subject.Run();
            (int, uint)[] found = [.. subject.Alerts.Alerts.ToArray().Distinct().Order()];
            checks.Add(new ReportCheck($"{kind}, {RuleCounts[i]} rules, alerts",
                found.SequenceEqual(RuleCounts[i] == 0 ? [] : planted),
                $"{found.Length} of {planted.Length} planted attacks found"));
            runs.Add($"{RuleCounts[i]} rules", subject.Run, () => Prepare(traffic, subject));
        }

        runs.Run();
        string set = TrafficFile.Describe(traffic.Truth);
        foreach (int count in RuleCounts)
        {
            ReportRow row = runs.Nanoseconds($"{count} rules");
            rows.Add(row with { Traffic = set, Note = Rate(row.Value) });
        }

        AddSuricata(traffic, runs, folder, planted, rows, checks);
        checks.Add(runs.NothingAllocated() with { Name = $"{kind} allocated" });
        checks.Add(runs.Load() with { Name = $"{kind} machine" });
        subjects.ForEach(subject => subject.Dispose());
    }

    private static void Prepare(TrafficSet traffic, ChainSubject subject)
    {
        traffic.NextLoop();
        subject.Alerts.Forget();
    }

    private static string Rate(double ns) => string.Create(
        CultureInfo.InvariantCulture, $"{1e9 / ns / Million:0.00} million packets a CPU-second");

    /// <summary>The same flows, more of them, from a file: Suricata's packet thread needs some time to be
    /// measured.</summary>
    private static void AddSuricata(
        TrafficSet traffic, Interleaved runs, string folder, (int, uint)[] planted, List<ReportRow> rows,
        List<ReportCheck> checks)
    {
        const int Repeats = 20;
        string kind = traffic.Name;
        string? command = SuricataRun.Command();
        if (command is null)
        {
            checks.Add(new ReportCheck($"{kind} suricata", true, "The command suricata is not installed."));
            return;
        }

        string capture = Path.Combine(folder, $"{kind}.pcap");
        PcapFile.Write(capture, Frames(traffic, Repeats));
        foreach (int count in RuleCounts.Where(count => count > 0))
        {
            string output = Directory.CreateDirectory(Path.Combine(folder, $"{kind}-{count}")).FullName;
            var theirs = SuricataRun.Of(command, capture, RuleFile(folder, count), output);
            double ns = theirs.CpuNs / traffic.Truth.Packets / Repeats;
            double ratio = ns / runs.Median($"{count} rules");
            string set = TrafficFile.Describe(traffic.Truth);
            rows.Add(ReportRow.Counted($"suricata, {count} rules", "ns", ns) with
            {
                Traffic = set,
                Note = string.Create(CultureInfo.InvariantCulture,
                    $"{Rate(ns)}, {theirs.ResidentBytes / Million:0} MB resident"),
            });
            checks.Add(ReportCheck.Aim($"{kind}, {count} rules, times suricata", ratio >= SuricataRatioMin,
                string.Create(CultureInfo.InvariantCulture, $"{ratio:0.0}, at least {SuricataRatioMin}")));
            checks.Add(new ReportCheck($"{kind}, {count} rules, suricata's alerts",
                theirs.Alerts.SequenceEqual(planted), $"{theirs.Alerts.Count} of {planted.Length} found"));
        }
    }

    private static IEnumerable<Frame> Frames(TrafficSet traffic, int repeats)
    {
        const long PauseNs = 1_000_000_000;
        long length = traffic.Store.LastNs - traffic.Frames[0].TimeNs + PauseNs;
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            traffic.NextLoop();
            for (int i = 0; i < traffic.Frames.Count; i++)
            {
                byte[] bytes = traffic.Store.Frames[i].Span.ToArray();
                yield return new Frame(traffic.Frames[i].TimeNs + (repeat * length), bytes);
            }
        }
    }
}
