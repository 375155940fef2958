using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Ports;

/// <summary>Moves a replayed frame's addresses by the number of the loop,
/// so that each loop brings new flows.</summary>
/// <remarks>
/// IPv4: third octet; IPv6: seventh word; unicast only, both ends alike, so hosts stay in their /16 or /96.
/// Checksums of IP, TCP and UDP follow incrementally (RFC 1624), so a wrong one stays wrong.
/// </remarks>
public static class ReplayRewriter
{
    private const int Ipv4SourceWord = 14;
    private const int Ipv4DestinationWord = 18;
    private const int Ipv6SourceWord = 20;
    private const int Ipv6DestinationWord = 36;

    /// <summary>Rewrites the frame in place for a loop counted from 0, which changes nothing.</summary>
    public static void Rewrite(ref Packet packet, uint loop)
    {
        byte step = (byte)loop;
        if (step == 0 || PacketParser.Parse(ref packet) != DropReason.None || packet.IpVersion == 0)
        {
            return;
        }

        PacketBytes frame = packet.Frame;
        int layer3 = packet.L3Offset;
        if (packet.IpVersion == 4)
        {
            Move(ref packet, layer3 + Ipv4SourceWord, (ushort)(step << 8), IsUnicast4(frame[layer3 + 12]));
            Move(ref packet, layer3 + Ipv4DestinationWord, (ushort)(step << 8),
                IsUnicast4(frame[layer3 + 16]));
        }
        else
        {
            Move(ref packet, layer3 + Ipv6SourceWord, step, frame[layer3 + 8] != 0xFF);
            Move(ref packet, layer3 + Ipv6DestinationWord, step, frame[layer3 + 24] != 0xFF);
        }
    }

    private static bool IsUnicast4(byte first) => first is not 0 and not 127 and < 224;

    private static void Move(ref Packet packet, int place, ushort step, bool isUnicast)
    {
        if (!isUnicast)
        {
            return;
        }

        PacketBytes frame = packet.Frame;
        ushort before = frame.ReadUInt16(place);
        ushort after = (ushort)(before + step);
        frame.WriteUInt16(place, after);
        if (packet.IpVersion == 4)
        {
            Adjust(frame, packet.L3Offset + 10, before, after);
        }

        int checksum = ChecksumPlace(in packet);
        bool isUnused = checksum >= 0 && packet.Protocol == IpProtocols.Udp
            && frame.ReadUInt16(checksum) == 0;
        if (checksum >= 0 && !isUnused)
        {
            Adjust(frame, checksum, before, after);
        }
    }

    // Only a datagram's first fragment has the header with the checksum.
    private static int ChecksumPlace(in Packet packet)
    {
        bool isLaterFragment = (packet.Flags & PacketFlags.Fragment) != 0
            && (packet.IpVersion == 6
                || (packet.Frame.ReadUInt16(packet.L3Offset + 6) & Ipv4.OffsetMask) != 0);
        int offset = packet.Protocol switch
        {
            IpProtocols.Tcp => 16,
            IpProtocols.Udp => 6,
            IpProtocols.Icmpv6 => 2,
            _ => -1,
        };
        int place = packet.L4Offset + offset;
        return isLaterFragment || offset < 0 || place + 2 > packet.Frame.Length ? -1 : place;
    }

    private static void Adjust(PacketBytes frame, int place, ushort before, ushort after)
    {
        uint sum = (ushort)~frame.ReadUInt16(place) + (uint)(ushort)~before + after;
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        frame.WriteUInt16(place, (ushort)~sum);
    }
}
