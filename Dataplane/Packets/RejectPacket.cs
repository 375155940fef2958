using System.Buffers.Binary;
using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>Builds what tells an end that its connection or datagram was refused: a TCP reset, or an ICMP
/// message that its port cannot be reached.</summary>
/// <remarks>
/// Pure: reads the refused packet, writes a frame. Numbers are those the end will take: a reset at exactly
/// the
/// next number it expects (RFC 5961). Tunnels and frames other than Ethernet get none.
/// </remarks>
public static class RejectPacket
{
    /// <summary>Room that any frame of these needs.</summary>
    public const int BytesMax = 2048;

    private const int Ipv4HeaderBytes = 20, TcpHeaderBytes = 20, IcmpHeaderBytes = 8, MacBytes = 6;
    private const int QuoteBytesMax = 512;
    private const byte HopsInitial = 64;

    /// <summary>A reset to the packet's sender or its receiver; bytes written, 0 when there can be
    /// none.</summary>
    public static int Reset(ref readonly Packet packet, bool toSender, Span<byte> frame)
    {
        if (!IsPlain(in packet) || packet.Protocol != IpProtocols.Tcp
            || (packet.TcpFlags & TcpSegment.Reset) != 0)
        {
            return 0;
        }
        int layer3 = CopyLink(in packet, toSender, frame);
        int layer4 = WriteIp(in packet, toSender, frame, layer3, IpProtocols.Tcp, TcpHeaderBytes);
        Span<byte> tcp = frame.Slice(layer4, TcpHeaderBytes);
        tcp.Clear();
        bool hasAck = (packet.TcpFlags & TcpSegment.Ack) != 0;
        uint taken = packet.WirePayloadLength
            + ((packet.TcpFlags & TcpSegment.Syn) != 0 ? 1u : 0)
            + ((packet.TcpFlags & TcpSegment.Fin) != 0 ? 1u : 0);
        (ushort source, ushort destination) = toSender
            ? (packet.DestinationPort, packet.SourcePort)
            : (packet.SourcePort, packet.DestinationPort);
        uint sequence = toSender ? (hasAck ? packet.Acknowledgment : 0) : packet.Sequence;
        uint acknowledgment = toSender ? packet.Sequence + taken : packet.Acknowledgment;
        BinaryPrimitives.WriteUInt16BigEndian(tcp, source);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], destination);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        bool carriesAck = toSender || hasAck;
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], carriesAck ? acknowledgment : 0);
        tcp[12] = TcpHeaderBytes / 4 << 4;
        tcp[13] = (byte)(TcpSegment.Reset | (carriesAck ? TcpSegment.Ack : 0));
        BinaryPrimitives.WriteUInt16BigEndian(
            tcp[16..], SumWithPseudoHeader(in packet, frame, layer3, IpProtocols.Tcp, tcp));
        return layer4 + TcpHeaderBytes;
    }

    /// <summary>"Port unreachable" to the packet's sender; bytes written, 0 when there can be none.</summary>
    public static int Unreachable(ref readonly Packet packet, Span<byte> frame)
    {
        if (!IsPlain(in packet) || packet.Protocol is IpProtocols.Icmp or IpProtocols.Icmpv6)
        {
            return 0; // no error about an error (RFC 1122, 3.2.2)
        }
        bool isIpv4 = packet.IpVersion == 4;
        byte protocol = isIpv4 ? IpProtocols.Icmp : IpProtocols.Icmpv6;
        PacketBytes about = packet.Layer3;
        int quoted = Math.Min(about.Length, QuoteBytesMax);
        int layer3 = CopyLink(in packet, toSender: true, frame);
        int layer4 = WriteIp(in packet, true, frame, layer3, protocol, IcmpHeaderBytes + quoted);
        Span<byte> icmp = frame.Slice(layer4, IcmpHeaderBytes + quoted);
        icmp[..IcmpHeaderBytes].Clear();
        (icmp[0], icmp[1]) = isIpv4 ? ((byte)3, (byte)3) : ((byte)1, (byte)4);
        about.Slice(0, quoted).Span.CopyTo(icmp[IcmpHeaderBytes..]);
        ushort sum = isIpv4 ? Checksum.Of(icmp)
            : SumWithPseudoHeader(in packet, frame, layer3, protocol, icmp);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], sum);
        return layer4 + icmp.Length;
    }

    private static bool IsPlain(ref readonly Packet packet) =>
        packet.LinkType == LinkType.Ethernet && packet.TunnelDepth == 0 && packet.IpVersion != 0
        && packet.L3Offset is >= 14 and < 128
        && (packet.Flags & (PacketFlags.Fragment | PacketFlags.Reassembled | PacketFlags.NoLayer4)) == 0;

    private static int CopyLink(ref readonly Packet packet, bool toSender, Span<byte> frame)
    {
        ReadOnlySpan<byte> link = packet.Frame.Slice(0, packet.L3Offset).Span;
        link.CopyTo(frame);
        if (toSender)
        {
            link.Slice(MacBytes, MacBytes).CopyTo(frame);
            link[..MacBytes].CopyTo(frame[MacBytes..]);
        }
        return packet.L3Offset;
    }

    private static int WriteIp(
        ref readonly Packet packet, bool toSender, Span<byte> frame, int layer3, byte protocol, int body)
    {
        bool isIpv4 = packet.IpVersion == 4;
        int bytes = isIpv4 ? Ipv4HeaderBytes : Ipv6.HeaderBytes;
        int address = isIpv4 ? 4 : 16;
        int at = isIpv4 ? 12 : 8;
        Span<byte> header = frame.Slice(layer3, bytes);
        header.Clear();
        ReadOnlySpan<byte> source = packet.Layer3.Slice(at, address).Span;
        ReadOnlySpan<byte> destination = packet.Layer3.Slice(at + address, address).Span;
        (toSender ? destination : source).CopyTo(header[at..]);
        (toSender ? source : destination).CopyTo(header[(at + address)..]);
        if (isIpv4)
        {
            header[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(bytes + body));
            (header[8], header[9]) = (HopsInitial, protocol);
            BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum.Of(header));
        }
        else
        {
            header[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)body);
            (header[6], header[7]) = (protocol, HopsInitial);
        }
        return layer3 + bytes;
    }

    private static ushort SumWithPseudoHeader(
        ref readonly Packet packet, ReadOnlySpan<byte> frame, int layer3, byte protocol,
        ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> addresses =
            packet.IpVersion == 4 ? frame.Slice(layer3 + 12, 8) : frame.Slice(layer3 + 8, 32);
        ulong sum = Checksum.Add(protocol + (ulong)body.Length, addresses);
        return Checksum.Finish(Checksum.Add(sum, body));
    }
}
