using Dataplane.Engine;
using Dataplane.Native.Threads;

namespace Dataplane.Benchmarks.Latency;

/// <summary>One worker with the frames of its flows, on a thread and core of its own: what it takes while
/// others run beside it.</summary>
public sealed class StackLane : IDisposable
{
    private readonly PacedPort _port;
    private readonly int _core;
    private readonly int _packets;

    public StackLane(FrameStore store, int[] frames, string stages, RuleSets rules, int core, uint flowMax)
    {
        (_core, _packets) = (core, frames.Length);
        _port = new PacedPort(store, frames);
        Subject = new ChainSubject(_port, null, stages, rules, flowMax: flowMax);
    }

    public ChainSubject Subject { get; }

    /// <summary>Processor time of the last run.</summary>
    public long SpentNs { get; private set; }

    /// <summary>Bytes allocated in the last run.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Runs all its frames once, as fast as it can.</summary>
    public Thread Start()
    {
        _port.Begin(0, 0);
        var thread = new Thread(Run);
        thread.Start();
        return thread;
    }

    public void Dispose() => Subject.Dispose();

    private void Run()
    {
        _ = CoreAffinity.TryPin(_core, out _);
        long spent = ThreadCpuClock.NowNs();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        int packets = 0;
        while (packets < _packets)
        {
            packets += Subject.Worker.RunOnce();
        }

        Subject.Parts.Path.EndAll();
        AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - allocated;
        SpentNs = ThreadCpuClock.NowNs() - spent;
    }
}
