using Dataplane.Chains;
using Dataplane.Counters;
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

    /// <summary>Collects the event about a packet that belongs to no flow.</summary>
    public void CollectStray(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, DropReason fault,
        FragmentRole role)
    {
        if (fault != DropReason.None)
        {
            ulong wanted = bus.Wanted<BadIpPacket>(in flow, packet.Sender, Side.None);
            if (wanted != 0)
            {
                var bad = new BadIpPacket(IpOf(in packet, (byte)fault));
                bus.Collect(wanted, in flow, slot, in packet, Side.None, in bad);
            }

            return;
        }

        switch (role)
        {
            case FragmentRole.Overlaps:
                CollectFragment(new FragmentOverlap(FragmentOf(in packet)), in packet, in flow, slot);
                break;
            case FragmentRole.Completes:
                CollectFragment(new FragmentReassembled(FragmentOf(in packet)), in packet, in flow, slot);
                break;
            default:
                CollectFragment(FragmentOf(in packet), in packet, in flow, slot);
                break;
        }
    }

    private void CollectFragment<T>(
        in T body, ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
        where T : unmanaged, IEvent
    {
        ulong wanted = bus.Wanted<T>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            bus.Collect(wanted, in flow, slot, in packet, Side.None, in body);
        }
    }

    private static IpFragment FragmentOf(ref readonly Packet packet)
    {
        if (packet.IpVersion == 4)
        {
            ushort field = packet.Frame.ReadUInt16(packet.L3Offset + 6);
            int more = (field & Ipv4.MoreFragments) != 0 ? 1 : 0;
            return new IpFragment(IpOf(in packet), (ushort)((field & Ipv4.OffsetMask) * 8), (byte)more);
        }

        // The parser leaves L4Offset behind the fragment header of 8 bytes.
        ushort bits = packet.Frame.ReadUInt16(packet.L4Offset - 6);
        return new IpFragment(IpOf(in packet), (ushort)(bits & 0xFFF8), (byte)(bits & 1));
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

    private static IpPacket IpOf(ref readonly Packet packet, byte why = 0)
    {
        byte typeOfService = packet.Frame.Length < packet.L3Offset + 2 ? (byte)0
            : packet.IpVersion == 4 ? packet.Frame[packet.L3Offset + 1]
            : (byte)(packet.Frame.ReadUInt16(packet.L3Offset) >> 4);
        var about = new PacketEvent(
            (ushort)Math.Min(packet.WireLength, ushort.MaxValue), packet.PortIndex, 0,
            (byte)Math.Min(packet.L3Offset, byte.MaxValue), (byte)Math.Min(packet.L4Offset, byte.MaxValue),
            why, 0);
        return new IpPacket(about, packet.Protocol, packet.Ttl, typeOfService, packet.IpVersion);
    }
}
