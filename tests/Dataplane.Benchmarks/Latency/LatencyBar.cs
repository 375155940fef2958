using System.Diagnostics;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Engine;

namespace Dataplane.Benchmarks.Latency;

/// <summary>One bar of figure 8: a variant in one arrangement of NFs on two cores.</summary>
public sealed class LatencyBar : IDisposable
{
    private const double StartInSeconds = 0.002;

    private readonly TrafficSet _traffic;
    private readonly FinishLog _log;
    private readonly LatencyLane[] _lanes;
    private readonly LatencyHistogram _leave = new();
    private readonly LatencyHistogram _done = new();

    /// <summary>So many workers, each with its share of the flows, NFs placed as told.</summary>
    public LatencyBar(
        string id, TrafficSet traffic, LatencyVariant variant, double roundsPerNs,
        LatencyPlacement placement, RuleSets rules)
    {
        Id = id;
        _traffic = traffic;
        _log = new FinishLog(LatencyVariant.ServiceNs.Count, traffic.Frames.Count);
        string stages = variant.Stages(roundsPerNs, placement.OfFunctions);
        uint flowMax = (uint)traffic.Truth.Options.Flows * 2;
        _lanes = [.. placement.WorkerCores.Select((core, i) => new LatencyLane(
            traffic.Store, FramesOf(traffic, i, placement.WorkerCores.Count), stages, rules, _log, core,
            placement.FunctionCores, flowMax))];
    }

    public string Id { get; }

    /// <summary>Times of the last run until packets left, and until the last NF had done with them.</summary>
    public LatencyHistogram UntilLeft => _leave;

    public LatencyHistogram UntilDone => _done;

    /// <summary>Packets a second of the last run, first arrival to last end.</summary>
    public double Rate { get; private set; }

    /// <summary>What came out of each NF in all runs: equal for equal variants.</summary>
    public IReadOnlyList<(long Count, ulong Sum)> Outputs =>
        [.. Enumerable.Range(0, LatencyVariant.ServiceNs.Count).Select(nf => (
            _lanes.Sum(lane => lane.Subject.Nf<IWorks>(nf).Load.Count),
            _lanes.Aggregate(0UL, (sum, lane) => sum + lane.Subject.Nf<IWorks>(nf).Load.Sum)))];

    /// <summary>Packets dropped or not sent.</summary>
    public long LostCount => _lanes.Sum(lane => (long)lane.Subject.Parts.Counters.Packets - lane.Leave.Count);

    /// <summary>Runs all frames once at a constant rate; an interval of 0: as fast as it can.</summary>
    public void Run(double intervalNs)
    {
        _traffic.NextLoop();
        _log.Clear();
        long start = Stopwatch.GetTimestamp() + (long)(StartInSeconds * Stopwatch.Frequency);
        Thread[] threads = [.. _lanes.Select(lane => lane.Start(start, intervalNs))];
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        _leave.Clear();
        _done.Clear();
        double nsPerTick = 1e9 / Stopwatch.Frequency;
        long last = start;
        for (int packet = 0; packet < _traffic.Frames.Count; packet++)
        {
            double arrived = start + (packet * intervalNs / nsPerTick);
            long done = _log.DoneAt(packet);
            last = Math.Max(last, done);
            _leave.Add((long)((_log.LeftAt(packet) - arrived) * nsPerTick));
            _done.Add((long)((done - arrived) * nsPerTick));
        }

        Rate = _traffic.Frames.Count / ((last - start) * nsPerTick) * 1e9;
    }

    public void Dispose()
    {
        foreach (LatencyLane lane in _lanes)
        {
            lane.Dispose();
        }
    }

    private static int[] FramesOf(TrafficSet traffic, int lane, int lanes) =>
        [.. Enumerable.Range(0, traffic.Frames.Count).Where(i => traffic.Frames[i].Flow % lanes == lane)];
}
