using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Benchmarks.Latency;

/// <summary>Where packets of a paced run leave: notes when.</summary>
public sealed class LeavePort(object pool, FinishLog log) : IPort
{
    public string Id => "leave";

    public string Device => "memory";

    public byte Index => 1;

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => pool;

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

    public bool SendCopy(PacketBytes frame) =>
        throw new InvalidOperationException("Both ports share a pool.");

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
}
