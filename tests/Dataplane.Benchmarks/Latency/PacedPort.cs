using System.Diagnostics;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Benchmarks.Latency;

/// <summary>Open loop: frame i of the set is there at start + i × interval, whether or not those before it
/// have been handled.</summary>
/// <remarks>The schedule is fixed before the run, so waiting behind a slow packet counts for those that
/// wait. A frame's number in the set is its buffer reference.</remarks>
public sealed class PacedPort(FrameStore store, int[] frames) : IPort
{
    /// <summary>Between two runs every flow of the run before has timed out.</summary>
    private const long PauseNs = 10_000_000_000_000;
    private long _start;
    private double _interval;
    private int _next;
    private long _shiftNs;

    public string Id => "paced";

    public string Device => "memory";

    public byte Index => 0;

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => store;

    public bool Exhausted => _next == frames.Length;

    public PortCounters Counters => default;

    /// <summary>Begins a run; with an interval of 0 all packets are there at once.</summary>
    public void Begin(long startTicks, double intervalNs)
    {
        _interval = intervalNs * Stopwatch.Frequency / 1e9;
        _next = 0;
        _start = startTicks;
        _shiftNs += store.LastNs + PauseNs;
    }

    public int Receive(PacketBurst burst, int most)
    {
        double due = _interval == 0 ? store.Count : (Stopwatch.GetTimestamp() - _start) / _interval;
        int count = 0;
        while (count < most && _next < frames.Length && frames[_next] <= due)
        {
            ref Packet packet = ref burst[count++];
            int frame = frames[_next++];
            store.Load(frame, ref packet);
            packet.TimestampNs += _shiftNs;
            packet.BufferRef = (uint)frame;
        }

        burst.Count = count;
        return count;
    }

    public bool Send(ref Packet packet) => true;

    public bool SendCopy(PacketBytes frame) => true;

    public void Flush()
    {
    }

    public void Free(ref Packet packet)
    {
    }

    public void Dispose()
    {
    }
}
