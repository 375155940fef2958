using System.Globalization;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Native.Memory;
using Dataplane.Native.Reference;

namespace Dataplane.Benchmarks;

/// <summary>Time of each step of the data path, beside the C reference run in turn with it.</summary>
public sealed class BaselineExperiment : Experiment
{
    /// <summary>What parse + look-up + 64-byte update may take, as a multiple of the C reference.</summary>
    public const double LookupRatioMax = 1.15;

    /// <summary>Nanoseconds a packet that mOS takes to follow both halves, and with both streams; ours is to
    /// be below.</summary>
    public const double BothHalvesNsMax = 1000 / 8.7;
    public const double BothStreamsNsMax = 1000 / 7.5;

    private const string BothHalves = "both halves, nobody hears";
    private const string BothStreams = "both halves and streams, nobody hears";
    private const int BurstSize = Worker.BurstDefault;
    private const int Connections = 6_000;
    private static readonly int[] FlowCounts = [10_000, 1_000_000];

    private static readonly (string Id, string Stages)[] Steps =
    [
        ("bypass (publish to 0)", """{"nfs":[{"name":"a","kind":"bench-ends"}]}"""),
        ("monitor, both halves", """{"nfs":[{"name":"a","kind":"bench-states"}]}"""),
        ("monitor + both streams",
            """{"nfs":[{"name":"a","kind":"bench-states"},{"name":"b","kind":"bench-bytes"}]}"""),
        (BothHalves, """{"nfs":[{"name":"a","kind":"bench-errors"}]}"""),
        (BothStreams,
            """{"nfs":[{"name":"a","kind":"bench-errors"},{"name":"b","kind":"bench-gaps"}]}"""),
        ("publish to 1",
            """{"nfs":[{"name":"s","kind":"bench-states"},{"name":"a","kind":"bench-packets"}]}"""),
        ("publish to 4", """
            {"nfs":[{"name":"s","kind":"bench-states"},{"name":"a","kind":"bench-packets"},
                    {"name":"b","kind":"bench-packets"},{"name":"c","kind":"bench-packets"},
                    {"name":"d","kind":"bench-packets"}]}
            """),
        ("IDS chain", """
            {"nfs":[{"name":"dpi","kind":"dpi"},
                    {"name":"ids","kind":"signature-match","options":{"ruleSet":"bench"}}]},
            {"nfs":[{"name":"stats","kind":"flow-stats"},{"name":"log","kind":"logger"}]}
            """),
    ];

    public override string Name => "baseline";

    public override string Summary =>
        "parse, look-up, monitor, stream, publish, chain: ns a packet, ratio to C";

    public override ExperimentReport Measure(string command)
    {
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        foreach (int flows in FlowCounts)
        {
            MeasureLookup(flows, rows, checks);
        }

        MeasureSteps(rows, checks);
        return ExperimentReport.Now(Name, command, rows, checks);
    }

    private static void MeasureLookup(int flows, List<ReportRow> rows, List<ReportCheck> checks)
    {
        using var frames = new FrameSet(flows, Math.Max(flows, 200_000));
        using var ours = new LookupSubject(frames, (uint)flows * 2, BurstSize);
        using var reference = new ReferenceSubject(frames, (uint)flows * 2, BurstSize);
        string size = flows == 10_000 ? "10^4" : "10^6";
        (string Parse, string Lookup, string C) ids =
            ($"parse {size}", $"lookup {size}", $"C reference {size}");
        var runs = new Interleaved();
        runs.Add(ids.C, reference.Run);
        runs.Add(ids.Lookup, ours.Run);
        runs.Add(ids.Parse, ours.Parse);
        runs.Run();
        ReportRow ratio = runs.Ratio(ids.Lookup, ids.C);
        rows.AddRange(
            [runs.Nanoseconds(ids.C), runs.Nanoseconds(ids.Parse), runs.Nanoseconds(ids.Lookup), ratio]);
        checks.Add(new ReportCheck(
            $"same flows {size}", ours.FlowCount == reference.FlowCount,
            $"{ours.FlowCount} in ours, {reference.FlowCount} in the reference"));
        checks.Add(ReportCheck.Aim(
            $"ratio {size}", ratio.Value <= LookupRatioMax,
            string.Create(CultureInfo.InvariantCulture,
            $"{ratio.Value:0.00}, at most {LookupRatioMax:0.00}")));
    }

    // The whole path from memory on short HTTP connections,
    // each step a chain that asks for no more than the step.
    private static void MeasureSteps(List<ReportRow> rows, List<ReportCheck> checks)
    {
        using var frames = FrameStore.OfShortConnections(Connections);
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        using var reference = new CReference(Connections * 2, seed: 1);
        const string c = "C reference, same frames";
        var runs = new Interleaved();
        runs.Add(c, () => RunReference(reference, frames));
        var subjects = new List<ChainSubject>();
        foreach ((string id, string stages) in Steps)
        {
            var subject = new ChainSubject(frames, stages, rules, BurstSize);
            subjects.Add(subject);
            runs.Add(id, subject.Run);
        }

        runs.Run();
        rows.Add(runs.Nanoseconds(c));
        foreach ((string id, _) in Steps)
        {
            rows.AddRange([runs.Nanoseconds(id), runs.Ratio(id, c)]);
        }

        checks.Add(AtMost(BothHalves, runs, BothHalvesNsMax));
        checks.Add(AtMost(BothStreams, runs, BothStreamsNsMax));
        for (int i = 0; i < Steps.Length; i++)
        {
            ulong flows = subjects[i].Parts.Counters.FlowsStarted;
            ulong passes = subjects[i].Parts.Counters.Packets / (ulong)frames.Count;
            checks.Add(new ReportCheck(
                Steps[i].Id, flows == passes * Connections,
                $"{flows} flows in {passes} passes, {subjects[i].Parts.Bus.LastEventNumber} events built"));
            subjects[i].Dispose();
        }
    }

    private static ReportCheck AtMost(string id, Interleaved runs, double nanoseconds)
    {
        double measured = runs.Median(id);
        return ReportCheck.Aim(
            id, measured <= nanoseconds,
            string.Create(CultureInfo.InvariantCulture, $"{measured:0} ns, at most {nanoseconds:0}"));
    }

    internal static long RunReference(CReference reference, FrameStore frames)
    {
        Span<uint> slots = stackalloc uint[CReference.BurstMax];
        ReadOnlySpan<PacketBytes> all = frames.Frames;
        for (int start = 0; start < all.Length; start += BurstSize)
        {
            ReadOnlySpan<PacketBytes> burst = all.Slice(start, Math.Min(BurstSize, all.Length - start));
            _ = reference.Process(burst, (ulong)start, slots);
        }

        return all.Length;
    }
}
