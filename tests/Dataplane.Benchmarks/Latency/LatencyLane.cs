using Dataplane.Engine;
using Dataplane.Native.Threads;

namespace Dataplane.Benchmarks.Latency;

/// <summary>One worker on one core, with its share of the flows and of the arrival schedule.</summary>
public sealed class LatencyLane : IDisposable
{
    private readonly PacedPort _port;
    private readonly int _core;

    /// <summary>A worker over those frames of the store whose numbers are given.</summary>
    public LatencyLane(
        FrameStore store, int[] frames, string stages, RuleSets rules, FinishLog log, int core,
        IReadOnlyList<int> nfCores, uint flowMax)
    {
        _core = core;
        _port = new PacedPort(store, frames);
        Leave = new LeavePort(store, log);
        Subject = new ChainSubject(_port, Leave, stages, rules, flowMax: flowMax, own: log,
            nfCores: nfCores);
    }

    public ChainSubject Subject { get; }

    public LeavePort Leave { get; }

    /// <summary>Starts its part of a run on a thread of its own.</summary>
    /// <param name="startTicks">When packet 0 of the whole schedule is there.</param>
    /// <param name="intervalNs">Between two packets of the whole schedule.</param>
    public Thread Start(long startTicks, double intervalNs)
    {
        _port.Begin(startTicks, intervalNs);
        var thread = new Thread(() =>
        {
            _ = CoreAffinity.TryPin(_core, out _);
            while (!_port.Exhausted)
            {
                _ = Subject.Worker.RunOnce();
            }

            // What others hold still leaves, and is still worked on.
            while (Subject.Parts.Runner.IsHolding)
            {
                _ = Subject.Worker.RunOnce();
            }

            Subject.Parts.Runner.Drain();
            Subject.Parts.Path.EndAll();
        });
        thread.Start();
        return thread;
    }

    public void Dispose() => Subject.Dispose();
}
