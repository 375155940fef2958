using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Benchmarks.Latency;

/// <summary>Where packets of a paced run leave: notes when.</summary>
public sealed class LeavePort(FrameStore store, FinishLog log) : IPort
{
    private readonly Dictionary<nuint, uint> _numbers = NumbersOf(store);

    public string Id => "leave";

    public string Device => "memory";

    public byte Index => 1;

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => store;

    public bool Exhausted => true;

    public PortCounters Counters => default;

    /// <summary>Packets that left.</summary>
    public long Count { get; private set; }

    public bool Send(ref Packet packet)
    {
        log.Left(packet.BufferRef);
        Count++;
        return true;
    }

    /// <summary>A packet that others still look at leaves as a copy: known by where it lies.</summary>
    public bool SendCopy(PacketBytes frame)
    {
        log.Left(_numbers[frame.Address]);
        Count++;
        return true;
    }

    public int Receive(PacketBurst burst, int most)
    {
        burst.Count = 0;
        return 0;
    }

    public void Flush()
    {
    }

    public void Free(ref Packet packet)
    {
    }

    public void Dispose()
    {
    }

    private static Dictionary<nuint, uint> NumbersOf(FrameStore store)
    {
        var numbers = new Dictionary<nuint, uint>(store.Count);
        for (int i = 0; i < store.Count; i++)
        {
            numbers.Add(store.Frames[i].Address, (uint)i);
        }

        return numbers;
    }
}
