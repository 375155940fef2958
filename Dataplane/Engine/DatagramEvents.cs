using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Engine;

/// <summary>Publishes EVENT/PKT/IP and below for flows that are not TCP.</summary>
public sealed class DatagramEvents(EventBus bus)
{
    /// <summary>Collects the packet's event if somebody wants it.</summary>
    public void Collect(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        if (packet.IpVersion == 0)
        {
            CollectFrame(in packet, in flow, slot);
            return;
        }

        switch (packet.Protocol)
        {
            case IpProtocols.Udp:
                CollectUdp(in packet, in flow, slot);
                break;
            case IpProtocols.Icmp or IpProtocols.Icmpv6:
                CollectIcmp(in packet, in flow, slot);
                break;
            default:
                CollectIp(in packet, in flow, slot);
                break;
        }
    }

    private void CollectUdp(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        ulong wanted = bus.Wanted<UdpPacket>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            var body = new UdpPacket(
                IpOf(in packet), packet.SourcePort, packet.DestinationPort, packet.WirePayloadLength);
            bus.Collect(wanted, in flow, slot, in packet, Side.None, in body);
        }
    }

    private void CollectIcmp(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        ulong wanted = bus.Wanted<IcmpPacket>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            var body = new IcmpPacket(IpOf(in packet), (byte)packet.SourcePort, (byte)packet.DestinationPort);
            bus.Collect(wanted, in flow, slot, in packet, Side.None, in body);
        }
    }

    private void CollectFrame(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        var body = new EthernetPacket(ChainRunner.About(in packet), packet.Vlan, packet.EtherType);
        if (packet.EtherType == EtherTypes.Arp)
        {
            ulong arp = bus.Wanted<ArpPacket>(in flow, packet.Sender, Side.None);
            if (arp != 0)
            {
                bus.Collect(arp, in flow, slot, in packet, Side.None, new ArpPacket(body));
            }

            return;
        }

        ulong wanted = bus.Wanted<EthernetPacket>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            bus.Collect(wanted, in flow, slot, in packet, Side.None, in body);
        }
    }

    private void CollectIp(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        ulong wanted = bus.Wanted<IpPacket>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            IpPacket body = IpOf(in packet);
            bus.Collect(wanted, in flow, slot, in packet, Side.None, in body);
        }
    }

    private static IpPacket IpOf(ref readonly Packet packet)
    {
        byte typeOfService = packet.IpVersion == 4
            ? packet.Frame[packet.L3Offset + 1]
            : (byte)(packet.Frame.ReadUInt16(packet.L3Offset) >> 4);
        var about = new PacketEvent(
            (ushort)Math.Min(packet.WireLength, ushort.MaxValue), packet.PortIndex, 0,
            (byte)Math.Min(packet.L3Offset, byte.MaxValue), (byte)Math.Min(packet.L4Offset, byte.MaxValue), 0,
            0);
        return new IpPacket(about, packet.Protocol, packet.Ttl, typeOfService, packet.IpVersion);
    }
}
