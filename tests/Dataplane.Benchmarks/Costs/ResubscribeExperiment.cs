using System.Globalization;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Costs;

/// <summary>X6: what a change of subscription by an NF costs, how many a second, and when it holds.</summary>
public sealed class ResubscribeExperiment : Experiment
{
    private const double ChangesMin = 1_000_000;
    private static readonly int[] Rates = [16, 4, 1];

    public override string Name => "resubscribe";

    public override string Summary =>
        "changes of subscription in flows: ns a change, changes a second, effect";

    public override ExperimentReport Measure(string command)
    {
        using var traffic = new TrafficSet(TrafficOptions.Of(TrafficKind.T1), new SignatureSet());
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        var runs = new Interleaved();
        var subjects = new Dictionary<string, ChainSubject>(StringComparer.Ordinal);
        Add(runs, subjects, traffic, rules, "never", 0, BenchToggle.Packets);
        Add(runs, subjects, traffic, rules, "always on", -1, BenchToggle.Packets);
        foreach (int every in Rates)
        {
            Add(runs, subjects, traffic, rules, Id(every, BenchToggle.Packets), every, BenchToggle.Packets);
            Add(runs, subjects, traffic, rules, Id(every, BenchToggle.Bytes), every, BenchToggle.Bytes);
        }

        runs.Run();
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        rows.AddRange(subjects.Keys.Select(runs.Nanoseconds));
        foreach (string what in (string[])[BenchToggle.Packets, BenchToggle.Bytes])
        {
            AddChange(runs, subjects, traffic, what, rows, checks);
        }

        foreach (int every in Rates)
        {
            checks.Add(Effect(traffic, subjects[Id(every, BenchToggle.Packets)], every));
        }

        checks.Add(runs.NothingAllocated());
        checks.Add(runs.Load());
        foreach (ChainSubject subject in subjects.Values)
        {
            subject.Dispose();
        }

        string set = TrafficFile.Describe(traffic.Truth);
        return ExperimentReport.Now(
            Name, command, [.. rows.Select(row => row with { Traffic = set })], checks);
    }

    private static string Id(int every, string what) => $"{what}, each {every}. packet of the client";

    private static void Add(
        Interleaved runs, Dictionary<string, ChainSubject> subjects, TrafficSet traffic, RuleSets rules,
        string id, int every, string what)
    {
        string off = what == BenchToggle.Packets ? """{"name":"packets","event":"PKT_IN","sender":"server"}"""
            : """{"name":"bytes","event":"EVENT/DATA_RDY","sender":"server"}""";
        string both = """{"name":"clock","event":"PKT_IN","sender":"both"}""";
        string clock = """{"name":"clock","event":"PKT_IN","sender":"client"}""";
        string subscriptions = every < 0 ? both : $"{clock},{off}";
        string stages = $$"""
            {"nfs":[{"name":"d","kind":"bench-depth"},
                    {"name":"t","kind":"bench-toggle","options":{"every":{{Math.Max(0, every)}}},
                     "subscriptions":[{{subscriptions}}]}]}
            """;
        var subject = new ChainSubject(
            traffic.Store, stages, rules, flowMax: (uint)traffic.Truth.Options.Flows * 2);
        subjects.Add(id, subject);
        runs.Add(id, subject.Run, traffic.NextLoop);
    }

    /// <summary>The cost of a change: what changing with each packet adds, without what the events then heard
    /// add.</summary>
    private static void AddChange(
        Interleaved runs, Dictionary<string, ChainSubject> subjects, TrafficSet traffic, string what,
        List<ReportRow> rows, List<ReportCheck> checks)
    {
        ChainSubject subject = subjects[Id(1, what)];
        long passes = (long)subject.Parts.Counters.Packets / traffic.Truth.Packets;
        double changes = (double)subject.Nf<BenchToggle>(1).ChangeCount / passes / traffic.Truth.Packets;
        double heard = (double)subject.Nf<BenchToggle>(1).HeardCount / passes / traffic.Truth.Packets;
        double serverShare = 1 - traffic.Truth.ClientPacketShare;
        double delivery = (runs.Median("always on") - runs.Median("never")) / serverShare;
        double added = runs.Median(Id(1, what)) - runs.Median("never") - (heard * delivery);
        double ns = added / changes;
        rows.Add(ReportRow.Counted($"change of {what}", "ns a change", ns));
        rows.Add(ReportRow.Counted($"changes of {what}", "changes a CPU-second", 1e9 / ns));
        checks.Add(ReportCheck.Aim($"a million changes of {what} a second", 1e9 / ns >= ChangesMin,
            string.Create(CultureInfo.InvariantCulture,
            $"{ns:0} ns a change, {1e9 / ns / 1e6:0.0} million a CPU-second, "
            + $"{changes:0.00} changes a packet")));
    }

    /// <summary>A change holds from the next packet on: what was heard is what a walk over the frames
    /// says.</summary>
    private static ReportCheck Effect(TrafficSet traffic, ChainSubject subject, int every)
    {
        int[] counts = new int[traffic.Truth.Options.Flows];
        long expected = 0;
        foreach (TrafficFrame frame in traffic.Frames)
        {
            if (frame.Sender == Side.Client)
            {
                counts[frame.Flow]++;
            }
            else if (counts[frame.Flow] / every % 2 == 1)
            {
                expected++;
            }
        }

        long passes = (long)subject.Parts.Counters.Packets / traffic.Truth.Packets;
        long heard = subject.Nf<BenchToggle>(1).HeardCount;
        return new ReportCheck($"effect, each {every}. packet", heard == expected * passes,
            $"{heard} packets heard in {passes} passes, {expected} a pass by the frames: "
            + "a change holds from the flow's next packet on");
    }
}
