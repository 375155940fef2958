using System.Globalization;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Native.Threads;

namespace Dataplane.Benchmarks.Latency;

/// <summary>X4: a slow NF on the flow's worker, on another core, and on another core with snapshots: what the
/// worker spends on a packet.</summary>
/// <remarks>
/// On another core the NF sheds what it cannot take: so the worker never waits, and its own time shows. The
/// same with blocking is measured by outputs only: then nothing may be missed. The NF has the subscription to
/// packets only: were there one that it may still switch on, each packet would wait for its answer about the
/// one before, shed or not.
/// </remarks>
public sealed class AsyncExperiment : Experiment
{
    private const double SnapshotNsMax = 8;
    private static readonly int[] ServiceUs = [0, 1, 10, 100];

    public override string Name => "async";

    public override string Summary =>
        "a slow NF inline, on another core, and with snapshots: ns a packet of the worker";

    public override ExperimentReport Measure(string command)
    {
        var options = TrafficOptions.Of(TrafficKind.T1) with { Flows = 100, Concurrency = 50 };
        using var traffic = new TrafficSet(options, new SignatureSet());
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        IReadOnlyList<int> allowed = CoreAffinity.AllowedCores();
        int[] cores = [.. allowed.Take(2)];
        _ = CoreAffinity.TryPin(cores[0], out _);
        var runs = new Interleaved();
        var subjects = new Dictionary<string, ChainSubject>(StringComparer.Ordinal);
        foreach (int us in ServiceUs)
        {
            Add(Inline, us, "bench-work", "inline", "block");
            Add(Elsewhere, us, "bench-work", "parallel", "shed");
            Add(WithSnapshots, us, "bench-snapshot-work", "parallel", "shed");
        }

        Add(InlineSnapshots, 0, "bench-snapshot-work", "inline", "block");
        Add(Blocking, 0, "bench-snapshot-work", "parallel", "block");
        runs.Run();
        _ = CoreAffinity.TrySet(allowed, out _);
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        rows.AddRange(subjects.Keys.Select(runs.Nanoseconds));
        AddSnapshot(runs, rows, checks);
        foreach (ChainSubject subject in subjects.Values)
        {
            subject.End();
        }

        checks.Add(SameSnapshots(subjects[Id(InlineSnapshots, 0)], subjects[Id(Blocking, 0)]));
        checks.Add(runs.Load());
        foreach (ChainSubject subject in subjects.Values)
        {
            subject.Dispose();
        }

        string set = TrafficFile.Describe(traffic.Truth);
        return ExperimentReport.Now(
            Name, command, [.. rows.Select(row => row with { Traffic = set })], checks);

        void Add(string what, int us, string kind, string placement, string onFull)
        {
            int rounds = (int)(us * 1_000 * MonLatencyExperiment.RoundsPerNs());
            string stages = $$"""
                {"nfs":[{"name":"d","kind":"bench-depth","placement":"inline"},
                        {"name":"w","kind":"{{kind}}","placement":"{{placement}}","onFull":"{{onFull}}",
                         "options":{"rounds":{{rounds}}},
                         "subscriptions":[{"name":"packets","event":"PKT_IN"}]}]}
                """;
            var subject = new ChainSubject(
                traffic.Store, stages, rules, flowMax: 1_024,
                own: new FinishLog(1, traffic.Frames.Count), nfCores: [cores[^1]]);
            subjects.Add(Id(what, us), subject);
            runs.Add(Id(what, us), subject.RunThrough, () => Prepare(subject, traffic));
        }
    }

    private const string Inline = "inline";
    private const string Elsewhere = "another core, shedding";
    private const string WithSnapshots = "another core, shedding, snapshots";
    private const string InlineSnapshots = "inline, snapshots";
    private const string Blocking = "another core, blocking, snapshots";

    /// <summary>The NF finishes what it was given before frames and time move on; that is not the worker's
    /// time.</summary>
    private static void Prepare(ChainSubject subject, TrafficSet traffic)
    {
        subject.End();
        traffic.NextLoop();
    }

    private static string Id(string what, int us) => $"{what}, {us} us";

    private static void AddSnapshot(Interleaved runs, List<ReportRow> rows, List<ReportCheck> checks)
    {
        ReportRow added = runs.Added(Id(InlineSnapshots, 0), Id(Inline, 0));
        rows.Add(added with { Id = "snapshots of both halves, added" });
        checks.Add(ReportCheck.Aim("snapshot", added.Value / 2 <= SnapshotNsMax, string.Create(
            CultureInfo.InvariantCulture, $"{added.Value / 2:0.0} ns each, at most {SnapshotNsMax}")));
    }

    /// <summary>Every snapshot read on the other core was that of the event's moment.</summary>
    private static ReportCheck SameSnapshots(ChainSubject inline, ChainSubject elsewhere)
    {
        BenchSnapshotWork here = inline.Nf<BenchSnapshotWork>(1);
        BenchSnapshotWork there = elsewhere.Nf<BenchSnapshotWork>(1);
        bool isSame = here.SnapshotSum == there.SnapshotSum && here.Load.Count == there.Load.Count
            && here.Load.Sum == there.Load.Sum && here.Load.Count > 0;
        return new ReportCheck("snapshots and outputs as on one core", isSame,
            $"{here.Load.Count} events inline, {there.Load.Count} on another core, blocking");
    }
}
