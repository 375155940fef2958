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
        packet.Clear();
        if ((uint)packet.Frame.Length < packet.WireLength)
        {
            packet.Flags = PacketFlags.Truncated;
        }

        if (TryParseCommon(ref packet))
        {
            return DropReason.None;
        }

        packet.WireEnd = packet.WireLength;
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

    // Nearly every packet: Ethernet II without tag, IPv4 without options or fragments, TCP. One bounds check.
    private static bool TryParseCommon(ref Packet packet)
    {
        if (packet.LinkType != LinkType.Ethernet || packet.Frame.Length < CommonHeaders.Bytes)
        {
            return false;
        }

        ref readonly CommonHeaders head = ref packet.Frame.View<CommonHeaders>(0);
        int total = head.TotalLength;
        int tcpBytes = head.DataOffsetBytes;
        if (!head.IsCommon || tcpBytes < 20 || total < 20 + tcpBytes || 14 + total > packet.Frame.Length)
        {
            return false;
        }

        packet.L3Offset = 14;
        packet.L4Offset = 34;
        packet.PayloadOffset = (ushort)(34 + tcpBytes);
        packet.PayloadLength = (ushort)(total - 20 - tcpBytes);
        packet.WirePayloadLength = packet.PayloadLength;
        packet.EtherType = EtherTypes.Ipv4;
        packet.IpVersion = 4;
        packet.Protocol = IpProtocols.Tcp;
        packet.Ttl = head.Ttl;
        packet.SourcePort = head.SourcePort;
        packet.DestinationPort = head.DestinationPort;
        packet.Sequence = head.Sequence;
        packet.Acknowledgment = head.Acknowledgment;
        packet.TcpFlags = head.TcpFlags;
        packet.Window = head.Window;
        return true;
    }
}
