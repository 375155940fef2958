using System.Diagnostics;
using Dataplane.Native.Threads;

namespace Dataplane.Benchmarks;

/// <summary>Runs variants in turn (A B C A B C …) and keeps each one's thread CPU time per unit of
/// work.</summary>
/// <remarks>A noisy neighbour slows all variants of a round alike,
/// so ratios within a round hold (engine §25).</remarks>
public sealed class Interleaved
{
    /// <summary>Rounds that are counted.</summary>
    public const int Rounds = 15;

    /// <summary>The runtime compiles a method for good some time after its first calls.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private readonly List<(string Id, Func<long> Run, List<double> NsPerUnit)> _variants = [];

    /// <summary>Adds a variant; it answers how many units of work it did.</summary>
    public void Add(string id, Func<long> run) => _variants.Add((id, run, []));

    /// <summary>Runs all rounds.</summary>
    public void Run()
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            _variants.ForEach(variant => _ = variant.Run());
        }

        for (int round = 0; round < Rounds; round++)
        {
            foreach ((_, Func<long> run, List<double> nsPerUnit) in _variants)
            {
                long before = ThreadCpuClock.NowNs();
                long units = run();
                nsPerUnit.Add((double)(ThreadCpuClock.NowNs() - before) / Math.Max(1, units));
            }
        }
    }

    /// <summary>Nanoseconds of thread CPU time for each unit.</summary>
    public ReportRow Nanoseconds(string id) => Row(id, "ns", Of(id));

    /// <summary>Median over rounds of this variant's time divided by the other's in the same round.</summary>
    public ReportRow Ratio(string id, string reference) =>
        Row($"{id} / {reference}", "ratio", [.. Of(id).Zip(Of(reference), (a, b) => a / b)]);

    private static ReportRow Row(string id, string unit, IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new ReportRow(id, unit, sorted[sorted.Length / 2], sorted[0], sorted[^1], sorted.Length);
    }

    private List<double> Of(string id) => _variants.Single(v => v.Id == id).NsPerUnit;
}
