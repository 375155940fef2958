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
    private const int WarmUpRounds = 3;
    private readonly List<Variant> _variants = [];
    private MachineLoad.Sample _before;
    private MachineLoad.Sample _after;

    /// <summary>Adds a variant; it answers how many units of work it did.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="run">The work whose time counts.</param>
    /// <param name="prepare">Done before each run, outside its time.</param>
    public void Add(string id, Func<long> run, Action? prepare = null) =>
        _variants.Add(new Variant(id, run, prepare));

    /// <summary>Runs all rounds.</summary>
    public void Run()
    {
        long start = Stopwatch.GetTimestamp();
        _ = ThreadCpuClock.NowNs(); // its first call allocates
        for (int round = 0; round < WarmUpRounds || Stopwatch.GetElapsedTime(start) < WarmUp; round++)
        {
            foreach (Variant variant in _variants)
            {
                variant.Prepare?.Invoke();
                _ = variant.Run();
            }
        }

        _before = MachineLoad.Now();
        for (int round = 0; round < Rounds; round++)
        {
            foreach (Variant variant in _variants)
            {
                variant.Prepare?.Invoke();
                long allocated = GC.GetAllocatedBytesForCurrentThread();
                long before = ThreadCpuClock.NowNs();
                long units = variant.Run();
                long spent = ThreadCpuClock.NowNs() - before;
                variant.AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
                variant.NsPerUnit.Add((double)spent / Math.Max(1, units));
            }
        }

        _after = MachineLoad.Now();
    }

    /// <summary>Nanoseconds of thread CPU time for each unit.</summary>
    public ReportRow Nanoseconds(string id) => ReportRow.Of(id, "ns", Of(id).NsPerUnit);

    /// <summary>The median of the same.</summary>
    public double Median(string id) => ReportRow.MedianOf(Of(id).NsPerUnit);

    /// <summary>Median over rounds of this variant's time divided by the other's in the same round.</summary>
    public ReportRow Ratio(string id, string reference) =>
        ReportRow.Of(
            $"{id} / {reference}", "ratio",
            [.. Of(id).NsPerUnit.Zip(Of(reference).NsPerUnit, (a, b) => a / b)]);

    /// <summary>Median over rounds of what this variant took more than the other in the same round.</summary>
    public ReportRow Added(string id, string over) =>
        ReportRow.Of(
            $"{id}, added", "ns", [.. Of(id).NsPerUnit.Zip(Of(over).NsPerUnit, (a, b) => a - b)]);

    /// <summary>How many times as fast this variant is as another.</summary>
    public ReportRow Gain(string id, string over) =>
        ReportRow.Of(
            $"{id} over {over}", "x", [.. Of(over).NsPerUnit.Zip(Of(id).NsPerUnit, (a, b) => a / b)]);

    /// <summary>That no variant allocated anything in its rounds.</summary>
    public ReportCheck NothingAllocated()
    {
        Variant[] guilty = [.. _variants.Where(variant => variant.AllocatedBytes > 0)];
        string text = guilty.Length == 0 ? "0 B in all rounds of all variants"
            : string.Join(", ", guilty.Select(variant => $"{variant.Id} {variant.AllocatedBytes} B"));
        return new ReportCheck("allocated", guilty.Length == 0, text);
    }

    /// <summary>How busy the machine was meanwhile.</summary>
    public ReportCheck Load() => new("machine", true, MachineLoad.Between(_before, _after));

    private Variant Of(string id) => _variants.Single(v => v.Id == id);

    private sealed record Variant(string Id, Func<long> Run, Action? Prepare)
    {
        public List<double> NsPerUnit { get; } = [];

        public long AllocatedBytes { get; set; }
    }
}
