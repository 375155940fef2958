using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Benchmarks;

/// <summary>Frames from memory, handed out where they lie, once for each <see cref="Rewind"/>;
/// later each time.</summary>
public sealed class MemoryPort : IPort
{
    /// <summary>Between two runs every flow of the run before has timed out.</summary>
    private const long PauseNs = 10_000_000_000_000;

    private readonly FrameStore _store;
    private readonly long _lengthNs;
    private long _shiftNs;
    private int _next;

    /// <summary>A port over frames that others may share.</summary>
    public MemoryPort(FrameStore store)
    {
        _store = store;
        _lengthNs = store.LastNs + PauseNs;
    }

    public string Id => "memory";

    public string Device => "memory";

    public byte Index => 0;

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => this;

    public bool Exhausted => _next == _store.Count;

    public PortCounters Counters => default;

    /// <summary>Begins anew, at a later time.</summary>
    public void Rewind()
    {
        _next = 0;
        _shiftNs += _lengthNs;
    }

    public int Receive(PacketBurst burst, int most)
    {
        int count = Math.Min(_store.Count - _next, most);
        for (int i = 0; i < count; i++)
        {
            ref Packet packet = ref burst[i];
            _store.Load(_next++, ref packet);
            packet.TimestampNs += _shiftNs;
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
