using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Engine;

/// <content>Packets without a flow of their own: frames without IP, fragments, packets whose headers cannot
/// be read. What stands for their flow is made only where a chain hears of them.</content>
public sealed partial class PacketPath
{
    private const int EthernetHeaderBytes = 14;

    /// <summary>What the address pair of the links' ends stands for in keys of strays.</summary>
    private const ushort StrayMark = 1;

    /// <summary>A frame without IP: its flow is its two addresses and its EtherType, and lives only where a
    /// chain hears of frames.</summary>
    private DropReason HandleFrame(PacketBurst burst, int index)
    {
        ref Packet packet = ref burst[index];
        if (packet.Frame.Length < EthernetHeaderBytes)
        {
            return DropReason.None;
        }

        FlowKey key = default;
        FillLink(ref packet, ref key);
        key.PortA = key.PortB = packet.EtherType;
        packet.FlowHash = Flows.HashOf(in key);
        packet.Protocol = 0;
        return HandleFlow(burst, index, in key, FlowTable.None);
    }

    /// <summary>Tells those who hear of it about a fragment, or a packet whose headers cannot be read. Its
    /// flow is its two IP addresses, or those of its link where these cannot be read.</summary>
    /// <param name="burst">Holds the packet, parsed as far as it can be.</param>
    /// <param name="index">Its place.</param>
    /// <param name="fault">Why it goes no further; None for a fragment.</param>
    /// <param name="role">What the fragment did to its datagram.</param>
    /// <returns>None when it may go on, else who dropped it.</returns>
    public DropReason HandleStray(PacketBurst burst, int index, DropReason fault, FragmentRole role)
    {
        ref Packet packet = ref burst[index];
        FlowKey key = KeyOfStray(ref packet, fault);
        uint slot = Flows.Find(in key, packet.FlowHash, FlowTable.None, out bool forward);
        if (slot == FlowTable.None)
        {
            slot = Start(burst, index, in key);
            if (slot == FlowTable.None)
            {
                return DropReason.FlowTableFull;
            }
        }
        else
        {
            packet.Sender = Flows[slot].SenderOf(forward);
            _runner.BeginPacket(burst, index, slot);
        }

        ref FlowEntry flow = ref Flows[slot];
        flow.LastSeenMs = _nowMs;
        flow.Count(packet.Sender, packet.WireLength);
        if (flow.LinkMask != 0)
        {
            _datagrams.CollectStray(in packet, in flow, slot, fault, role);
        }

        // One fragment may be dropped; those between the same ends that follow are judged anew.
        return _runner.Deliver() >= Verdict.DropPacket ? DropReason.NfDropPacket : DropReason.None;
    }

    private FlowKey KeyOfStray(ref Packet packet, DropReason fault)
    {
        FlowKey key = default;
        if (HasAddresses(fault))
        {
            FlowHash.Fixed.Fill(ref packet, ref key); // only for the key: the hash follows
            key.PortA = key.PortB = 0;
            bool isFragment = (packet.Flags & PacketFlags.Fragment) != 0;
            key.Protocol = isFragment && packet.IpVersion == 6 ? IpProtocols.Fragment : packet.Protocol;
        }
        else
        {
            if (packet.LinkType == LinkType.Ethernet)
            {
                FillLink(ref packet, ref key);
            }

            key.PortA = key.PortB = packet.EtherType;
        }

        key.Stray = StrayMark;
        packet.FlowHash = Flows.HashOf(in key);
        return key;
    }

    /// <summary>False when the IP header itself is at fault: nothing in it can be believed.</summary>
    private static bool HasAddresses(DropReason fault) => fault is not (
        DropReason.Ipv4HeaderTruncated or DropReason.Ipv4BadVersion or DropReason.Ipv4BadHeaderLength
        or DropReason.Ipv4BadTotalLength or DropReason.Ipv6HeaderTruncated or DropReason.Ipv6BadVersion);

    private static void FillLink(ref Packet packet, ref FlowKey key)
    {
        key.AddressALow = ((ulong)packet.Frame.ReadUInt16(6) << 32) | packet.Frame.ReadUInt32(8);
        key.AddressBLow = ((ulong)packet.Frame.ReadUInt16(0) << 32) | packet.Frame.ReadUInt32(2);
    }
}
