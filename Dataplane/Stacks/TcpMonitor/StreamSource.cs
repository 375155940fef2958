using Dataplane.Events;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>What makes a stream move: a packet of the flow in a slot, or a time at which it ends.</summary>
/// <param name="Slot">Slot of the flow.</param>
/// <param name="TimeNs">Flow time.</param>
/// <param name="PacketRef">Buffer number, or <see cref="EventRecord.NoPacket"/>.</param>
/// <param name="Payload">Captured payload for this stream;
/// empty when it is moved by an acknowledgment.</param>
public readonly record struct StreamSource(uint Slot, long TimeNs, uint PacketRef, PacketBytes Payload)
{
    public static StreamSource Of(ref readonly Packet packet, uint slot) =>
        new(slot, packet.TimestampNs, packet.BufferRef, packet.Payload);

    /// <summary>No packet: a flow ends.</summary>
    public static StreamSource At(long timeNs, uint slot) => new(slot, timeNs, EventRecord.NoPacket, default);
}
