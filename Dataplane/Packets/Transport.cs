using Dataplane.Counters;
using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>The layer 4 headers: TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792, 4443), SCTP's ports.</summary>
public static class Transport
{
    private const int TcpHeaderBytesMin = 20;
    private const int UdpHeaderBytes = 8;
    private const int IcmpHeaderBytesMin = 4;

    /// <summary>Parses the header at <paramref name="layer4"/>; the datagram's captured bytes end at
    /// <paramref name="end"/>, and on the wire it had <paramref name="wireBytes"/> from layer 4 on.</summary>
    public static DropReason Parse(ref Packet packet, int layer4, int end, int wireBytes)
    {
        packet.L4Offset = (ushort)layer4;
        switch (packet.Protocol)
        {
            case IpProtocols.Tcp:
                return ParseTcp(ref packet, layer4, end, wireBytes);
            case IpProtocols.Udp:
                return ParseUdp(ref packet, layer4, end, wireBytes);
            case IpProtocols.Icmp or IpProtocols.Icmpv6:
                return ParseIcmp(ref packet, layer4, end, wireBytes);
            case IpProtocols.Sctp when end - layer4 >= 12:
                packet.SourcePort = packet.Frame.ReadUInt16(layer4);
                packet.DestinationPort = packet.Frame.ReadUInt16(layer4 + 2);
                SetPayload(ref packet, layer4 + 12, end, wireBytes - 12);
                return DropReason.None;
            default:
                SetPayload(ref packet, layer4, end, wireBytes);
                return DropReason.None;
        }
    }

    /// <summary>Marks a fragment: its payload is a part of a datagram, and ports are not known.</summary>
    public static DropReason SetFragment(ref Packet packet, int payload, int end, int wireBytes)
    {
        packet.Flags |= PacketFlags.Fragment | PacketFlags.NoLayer4;
        packet.L4Offset = (ushort)payload;
        SetPayload(ref packet, payload, end, wireBytes);
        return DropReason.None;
    }

    /// <summary>Marks a datagram without layer 4 header.</summary>
    public static DropReason SetNoLayer4(ref Packet packet, int payload, int end, int wireBytes)
    {
        packet.Flags |= PacketFlags.NoLayer4;
        packet.L4Offset = (ushort)payload;
        SetPayload(ref packet, payload, end, wireBytes);
        return DropReason.None;
    }

    private static DropReason ParseTcp(ref Packet packet, int layer4, int end, int wireBytes)
    {
        PacketBytes frame = packet.Frame;
        if (end - layer4 < TcpHeaderBytesMin)
        {
            return DropReason.TcpHeaderTruncated;
        }

        int headerBytes = (frame[layer4 + 12] >> 4) * 4;
        if (headerBytes < TcpHeaderBytesMin || headerBytes > end - layer4)
        {
            return DropReason.TcpBadDataOffset;
        }

        packet.SourcePort = frame.ReadUInt16(layer4);
        packet.DestinationPort = frame.ReadUInt16(layer4 + 2);
        packet.Sequence = frame.ReadUInt32(layer4 + 4);
        packet.Acknowledgment = frame.ReadUInt32(layer4 + 8);
        packet.TcpFlags = frame[layer4 + 13];
        packet.Window = frame.ReadUInt16(layer4 + 14);
        SetPayload(ref packet, layer4 + headerBytes, end, wireBytes - headerBytes);
        return DropReason.None;
    }

    private static DropReason ParseUdp(ref Packet packet, int layer4, int end, int wireBytes)
    {
        PacketBytes frame = packet.Frame;
        if (end - layer4 < UdpHeaderBytes)
        {
            return DropReason.UdpHeaderTruncated;
        }

        packet.SourcePort = frame.ReadUInt16(layer4);
        packet.DestinationPort = frame.ReadUInt16(layer4 + 2);
        int length = frame.ReadUInt16(layer4 + 4);

        // 0 stands for "to the end" in jumbograms (RFC 2675); more than the datagram holds is cut to it.
        int body = length == 0 ? wireBytes : Math.Min(length, wireBytes);
        if (body < UdpHeaderBytes)
        {
            return DropReason.UdpBadLength;
        }

        SetPayload(ref packet, layer4 + UdpHeaderBytes, Math.Min(end, layer4 + body), body - UdpHeaderBytes);
        return DropReason.None;
    }

    private static DropReason ParseIcmp(ref Packet packet, int layer4, int end, int wireBytes)
    {
        if (end - layer4 < IcmpHeaderBytesMin)
        {
            return DropReason.IcmpHeaderTruncated;
        }

        packet.SourcePort = packet.Frame[layer4];
        packet.DestinationPort = packet.Frame[layer4 + 1];
        int header = Math.Min(8, end - layer4);
        SetPayload(ref packet, layer4 + header, end, wireBytes - header);
        return DropReason.None;
    }

    private static void SetPayload(ref Packet packet, int offset, int end, int wireBytes)
    {
        packet.PayloadOffset = (ushort)offset;
        packet.PayloadLength = (ushort)Math.Max(0, end - offset);
        packet.WirePayloadLength = (ushort)Math.Clamp(wireBytes, 0, ushort.MaxValue);
    }
}
