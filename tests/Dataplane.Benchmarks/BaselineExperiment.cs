using Dataplane.Packets;

namespace Dataplane.Benchmarks;

/// <summary>Time of each step of the data path, beside the C reference run in turn with it.</summary>
public sealed class BaselineExperiment : Experiment
{
    /// <summary>What parse + look-up + 64-byte update may take, as a multiple of the C reference.</summary>
    public const double LookupRatioMax = 1.15;

    private const int BurstSize = 32;
    private static readonly int[] FlowCounts = [10_000, 1_000_000];

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
        checks.Add(new ReportCheck(
            $"ratio {size}", ratio.Value <= LookupRatioMax,
            $"{ratio.Value:0.00}, at most {LookupRatioMax:0.00}"));
    }
}
