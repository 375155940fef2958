using System.Globalization;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;

namespace Dataplane.Benchmarks.Costs;

/// <summary>X1: n monitors over one stack, against the same stack once for each monitor.</summary>
public sealed class ConsolidationExperiment : Experiment
{
    /// <summary>What three monitors must gain, and what share of the formula each n must reach.</summary>
    private const double GainOfThreeMin = 2.0;
    private const double FormulaShareMin = 0.9;
    private static readonly int[] Counts = [1, 2, 3, 4, 6, 8];

    public override string Name => "consolidation";

    public override string Summary =>
        "n monitors on one stack against a stack for each: ns a packet, gain, formula";

    public override ExperimentReport Measure(string command)
    {
        using var traffic = new TrafficSet(TrafficOptions.Of(TrafficKind.T1), new SignatureSet());
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        uint flowMax = (uint)traffic.Truth.Options.Flows * 2;
        using var stack = new ChainSubject(traffic.Store, Depth, rules, flowMax: flowMax);
        var runs = new Interleaved();
        runs.Add("stack", stack.Run, traffic.NextLoop);
        var pairs = new List<(int Count, ChainSubject One, StackOfEach Each)>();
        foreach (int count in Counts)
        {
            string monitors = string.Join(",", Enumerable.Range(0, count).Select(Monitor));
            string stages = $$"""{"nfs":[{{monitors}}]}""";
            var one = new ChainSubject(traffic.Store, stages, rules, flowMax: flowMax);
            string single = $$"""{"nfs":[{{Monitor(0)}}]}""";
            var each = new StackOfEach(traffic.Store, count, single, rules, flowMax);
            pairs.Add((count, one, each));
            runs.Add(One(count), one.Run, traffic.NextLoop);
            runs.Add(Each(count), each.Run, traffic.NextLoop);
        }

        runs.Run();
        var rows = new List<ReportRow> { runs.Nanoseconds("stack") };
        var checks = new List<ReportCheck>();
        foreach ((int count, ChainSubject one, StackOfEach each) in pairs)
        {
            Report(runs, count, rows, checks);
            checks.Add(Agreement(count, one, each));
            one.Dispose();
            each.Dispose();
        }

        checks.Add(runs.NothingAllocated());
        checks.Add(runs.Load());
        string set = TrafficFile.Describe(traffic.Truth);
        return ExperimentReport.Now(
            Name, command, [.. rows.Select(row => row with { Traffic = set })], checks);
    }

    private const string Depth = """
        {"nfs":[{"name":"d","kind":"bench-depth",
         "subscriptions":[{"name":"anomalies","event":"EVENT/TCP/ANOMALY","half":"both"}]}]}
        """;

    private static string One(int count) => $"one stack, n = {count}";

    private static string Each(int count) => $"a stack each, n = {count}";

    private static string Monitor(int number) => $$"""{"name":"m{{number}}","kind":"bench-monitor"}""";

    private static void Report(Interleaved runs, int count, List<ReportRow> rows, List<ReportCheck> checks)
    {
        // N: what each further monitor adds, its delivery included. S: the stack with the building of events.
        double n = (runs.Median(One(Counts[^1])) - runs.Median(One(1))) / (Counts[^1] - 1);
        double s = runs.Median(One(1)) - n;
        double formula = count * (s + n) / (s + (count * n));
        ReportRow gain = runs.Gain(One(count), Each(count));
        rows.AddRange(
        [
            runs.Nanoseconds(One(count)), runs.Nanoseconds(Each(count)),
            gain with
            {
                Note = string.Create(CultureInfo.InvariantCulture, $"formula n(S+N)/(S+nN): {formula:0.00}"),
            },
        ]);
        double least = count == 3 ? Math.Max(GainOfThreeMin, formula * FormulaShareMin)
            : formula * FormulaShareMin;
        checks.Add(ReportCheck.Aim($"gain n = {count}", gain.Value >= least,
            string.Create(CultureInfo.InvariantCulture, $"{gain.Value:0.00}, at least {least:0.00}")));
    }

    private static ReportCheck Agreement(int count, ChainSubject one, StackOfEach each)
    {
        ulong[] bytes = [.. Enumerable.Range(0, count).Select(i => one.Nf<BenchMonitor>(i).TotalBytes)];
        ulong[] apart = [.. each.Subjects.Select(subject => subject.Nf<BenchMonitor>(0).TotalBytes)];
        return new ReportCheck(
            $"equal outputs n = {count}", bytes.SequenceEqual(apart) && bytes[0] > 0,
            $"{bytes[0]} payload bytes counted by each monitor in all runs, both ways");
    }
}
