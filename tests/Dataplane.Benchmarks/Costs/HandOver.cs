using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Benchmarks.Costs;

/// <summary>Egress of one worker and ingress of the next: packets change hands where they lie, up to a burst
/// at a time.</summary>
public sealed class HandOver(object pool) : IPort
{
    private readonly (PacketBytes Frame, uint WireLength, long TimeNs)[] _waiting =
        new (PacketBytes, uint, long)[PacketBurst.CapacityMax];

    private int _count;

    public string Id => "hand-over";

    public string Device => "memory";

    public byte Index => 0;

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => pool;

    public bool Exhausted => _count == 0;

    public PortCounters Counters => default;

    public bool Send(ref Packet packet)
    {
        if (_count == _waiting.Length)
        {
            return false;
        }

        _waiting[_count++] = (packet.Frame, packet.WireLength, packet.TimestampNs);
        return true;
    }

    public bool SendCopy(PacketBytes frame) =>
        throw new InvalidOperationException("Both workers share a pool.");

    public int Receive(PacketBurst burst, int most)
    {
        int count = _count;
        for (int i = 0; i < count; i++)
        {
            ref Packet packet = ref burst[i];
            (packet.Frame, packet.WireLength, packet.TimestampNs) = _waiting[i];
            packet.LinkType = LinkType.Ethernet;
            packet.PortIndex = 0;
        }

        _count = 0;
        burst.Count = count;
        return count;
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
