using Dataplane.Counters;

namespace Dataplane.Packets;

/// <summary>Finds the layers of a frame: offsets, addresses' places, ports, flags. Pure; reads, never writes bytes.</summary>
/// <remarks>
/// Hostile input is the normal case: every read is inside the captured frame, every loop has a limit.
/// A frame without IP is no error: <see cref="Packet.IpVersion"/> stays 0.
/// Budget: 12 ns for Ethernet, IPv4 and TCP, 0 bytes allocated (ParseBench.EthernetIpv4Tcp).
/// </remarks>
public static class PacketParser
{
    /// <summary>Parses from the link layer on. Frame, WireLength, LinkType and PortIndex must be set.</summary>
    public static DropReason Parse(ref Packet packet)
    {
        Reset(ref packet);
        DropReason reason = LinkLayer.Parse(ref packet, out int layer3);
        if (reason != DropReason.None || layer3 < 0)
        {
            return reason;
        }

        return ParseIp(ref packet, layer3);
    }

    /// <summary>Parses from an IP header on, as inside a tunnel; the version nibble decides.</summary>
    public static DropReason ParseIp(ref Packet packet, int layer3)
    {
        if (packet.Frame.Length <= layer3)
        {
            return DropReason.Ipv4HeaderTruncated;
        }

        return packet.EtherType == EtherTypes.Ipv6
            ? Ipv6.Parse(ref packet, layer3)
            : Ipv4.Parse(ref packet, layer3);
    }

    private static void Reset(ref Packet packet)
    {
        packet.FlowHash = 0;
        packet.Sequence = 0;
        packet.Acknowledgment = 0;
        packet.L3Offset = 0;
        packet.L4Offset = 0;
        packet.PayloadOffset = 0;
        packet.PayloadLength = 0;
        packet.EtherType = 0;
        packet.Vlan = 0;
        packet.InnerVlan = 0;
        packet.SourcePort = 0;
        packet.DestinationPort = 0;
        packet.Window = 0;
        packet.WirePayloadLength = 0;
        packet.IpVersion = 0;
        packet.Protocol = 0;
        packet.TcpFlags = 0;
        packet.Ttl = 0;
        packet.TunnelDepth = 0;
        packet.TunnelId = 0;
        packet.Sender = Side.None;
        packet.Flags = (uint)packet.Frame.Length < packet.WireLength ? PacketFlags.Truncated : PacketFlags.None;
    }
}
