using Dataplane.Counters;
using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>Finds the network layer behind each kind of link layer, VLAN tags,
/// MPLS labels and PPPoE.</summary>
public static class LinkLayer
{
    /// <summary>Addresses of Cisco's HDLC, which captures of serial lines call PPP as well.</summary>
    private const byte CiscoUnicast = 0x0F, CiscoMulticast = 0x8F;

    private const int EthernetBytes = 14;
    private const int TagMax = 8;
    private const int LabelMax = 16;

    /// <summary>Sets EtherType and VLAN ids. <paramref name="layer3"/> is the IP header's offset, or -1 when
    /// the frame carries no IP.</summary>
    public static DropReason Parse(ref Packet packet, out int layer3)
    {
        if (packet.LinkType == LinkType.Ethernet)
        {
            return ParseEthernet(ref packet, 0, out layer3);
        }

        return ParseOther(ref packet, out layer3);
    }

    /// <summary>Parses an Ethernet frame that begins at <paramref name="start"/>.</summary>
    public static DropReason ParseEthernet(ref Packet packet, int start, out int layer3)
    {
        layer3 = -1;
        if (packet.Frame.Length < start + EthernetBytes)
        {
            return DropReason.FrameTooShort;
        }

        ushort type = packet.Frame.ReadUInt16(start + 12);
        return ParseType(ref packet, type, start + EthernetBytes, out layer3);
    }

    /// <summary>Parses what follows an EtherType.</summary>
    public static DropReason ParseType(ref Packet packet, ushort type, int next, out int layer3)
    {
        layer3 = -1;
        packet.EtherType = type;
        if (type is EtherTypes.Ipv4 or EtherTypes.Ipv6)
        {
            layer3 = next;
            return DropReason.None;
        }

        switch (type)
        {
            case EtherTypes.Vlan or EtherTypes.ProviderBridge or EtherTypes.QinqOld or EtherTypes.QinqOlder:
                return ParseVlan(ref packet, next, out layer3);
            case EtherTypes.Mpls or EtherTypes.MplsMulticast:
                return ParseMpls(ref packet, next, out layer3);
            case EtherTypes.PppoeSession:
                return ParsePppoe(ref packet, next, out layer3);
            case <= EtherTypes.LengthMax:
                return ParseLogicalLink(ref packet, next, out layer3);
            default:
                return DropReason.None;
        }
    }

    private static DropReason ParseVlan(ref Packet packet, int next, out int layer3)
    {
        layer3 = -1;
        ushort type = EtherTypes.Vlan;
        for (int tags = 0; tags < TagMax && IsTag(type); tags++)
        {
            if (packet.Frame.Length < next + 4)
            {
                return DropReason.VlanTruncated;
            }

            ushort id = (ushort)(packet.Frame.ReadUInt16(next) & 0x0FFF);
            if (tags == 0)
            {
                packet.Vlan = id;
            }
            else
            {
                packet.InnerVlan = id;
            }

            type = packet.Frame.ReadUInt16(next + 2);
            next += 4;
        }

        return IsTag(type) ? DropReason.VlanTruncated : ParseType(ref packet, type, next, out layer3);
    }

    private static bool IsTag(ushort type) =>
        type is EtherTypes.Vlan or EtherTypes.ProviderBridge or EtherTypes.QinqOld or EtherTypes.QinqOlder;

    // RFC 3032: labels of 4 bytes, bit 8 of the third marks the last; then IP, or a pseudowire (RFC 4448).
    private static DropReason ParseMpls(ref Packet packet, int next, out int layer3)
    {
        layer3 = -1;
        PacketBytes frame = packet.Frame;
        bool bottom = false;
        for (int labels = 0; labels < LabelMax && !bottom; labels++)
        {
            if (frame.Length < next + 4)
            {
                return DropReason.FrameTooShort;
            }

            bottom = (frame[next + 2] & 1) != 0;
            next += 4;
        }

        if (!bottom || frame.Length <= next)
        {
            return DropReason.FrameTooShort;
        }

        switch (frame[next] >> 4)
        {
            case 4:
                packet.EtherType = EtherTypes.Ipv4;
                layer3 = next;
                return DropReason.None;
            case 6:
                packet.EtherType = EtherTypes.Ipv6;
                layer3 = next;
                return DropReason.None;
            case 0 when frame.Length >= next + 4 + EthernetBytes:
                return ParseEthernet(ref packet, next + 4, out layer3);
            default:
                return DropReason.None;
        }
    }

    // RFC 2516: 6 bytes, then a PPP protocol number.
    private static DropReason ParsePppoe(ref Packet packet, int next, out int layer3)
    {
        layer3 = -1;
        if (packet.Frame.Length < next + 8)
        {
            return DropReason.FrameTooShort;
        }

        packet.WireEnd = Math.Min(packet.WireEnd, (uint)(next + 6 + packet.Frame.ReadUInt16(next + 4)));
        return ParsePpp(ref packet, next + 6, out layer3);
    }

    /// <summary>Parses from a PPP protocol field on.</summary>
    public static DropReason ParsePpp(ref Packet packet, int next, out int layer3)
    {
        layer3 = -1;
        if (packet.Frame.Length <= next)
        {
            return DropReason.FrameTooShort;
        }

        // RFC 1661 §6.5: a compressed protocol field is one odd byte.
        bool compressed = (packet.Frame[next] & 1) != 0;
        if (!compressed && packet.Frame.Length < next + 2)
        {
            return DropReason.FrameTooShort;
        }

        ushort protocol = compressed ? packet.Frame[next] : packet.Frame.ReadUInt16(next);
        layer3 = compressed ? next + 1 : next + 2;
        return SetIp(ref packet, protocol == 0x21, protocol == 0x57, ref layer3);
    }

    // IEEE 802.2: only SNAP with an EtherType leads on.
    private static DropReason ParseLogicalLink(ref Packet packet, int next, out int layer3)
    {
        layer3 = -1;
        PacketBytes frame = packet.Frame;
        if (frame.Length < next + 8 || frame.ReadUInt16(next) != 0xAAAA || frame[next + 2] != 3)
        {
            return DropReason.None;
        }

        ushort type = frame.ReadUInt16(next + 6);
        return type <= EtherTypes.LengthMax
            ? DropReason.None
            : ParseType(ref packet, type, next + 8, out layer3);
    }

    private static DropReason ParseOther(ref Packet packet, out int layer3)
    {
        layer3 = -1;
        PacketBytes frame = packet.Frame;
        switch (packet.LinkType)
        {
            case LinkType.Raw or LinkType.RawOld12 or LinkType.RawOld14 or LinkType.Ipv4 or LinkType.Ipv6:
                layer3 = 0;
                return frame.Length < 1
                    ? DropReason.FrameTooShort
                    : SetIp(ref packet, frame[0] >> 4 == 4, frame[0] >> 4 == 6, ref layer3);
            case LinkType.Null or LinkType.Loop:
                return ParseLoopback(ref packet, out layer3);
            case LinkType.LinuxSll:
                return frame.Length < 16
                    ? DropReason.FrameTooShort
                    : ParseType(ref packet, frame.ReadUInt16(14), 16, out layer3);
            case LinkType.LinuxSll2:
                return frame.Length < 20
                    ? DropReason.FrameTooShort
                    : ParseType(ref packet, frame.ReadUInt16(0), 20, out layer3);
            case LinkType.CiscoHdlc:
                return frame.Length < 4
                    ? DropReason.FrameTooShort
                    : ParseType(ref packet, frame.ReadUInt16(2), 4, out layer3);
            case LinkType.Ppp:
                return frame.Length < 4 ? DropReason.FrameTooShort
                    : frame[0] is CiscoUnicast or CiscoMulticast && frame[1] == 0
                        ? ParseType(ref packet, frame.ReadUInt16(2), 4, out layer3)
                    : ParsePpp(ref packet, frame.ReadUInt16(0) == 0xFF03 ? 2 : 0, out layer3);
            case LinkType.Ieee80211 or LinkType.Ieee80211Radiotap:
                return ParseWireless(ref packet, out layer3);
            default:
                return DropReason.UnknownLinkType;
        }
    }

    // The family is in the capturing machine's byte order: the small byte is at either end.
    private static DropReason ParseLoopback(ref Packet packet, out int layer3)
    {
        layer3 = -1;
        if (packet.Frame.Length < 4)
        {
            return DropReason.FrameTooShort;
        }

        int family = packet.Frame[0] | packet.Frame[3];
        layer3 = 4;
        return SetIp(ref packet, family == 2, family is 10 or 23 or 24 or 28 or 30, ref layer3);
    }

    private static DropReason ParseWireless(ref Packet packet, out int layer3)
    {
        layer3 = -1;
        int start = 0;
        if (packet.LinkType == LinkType.Ieee80211Radiotap)
        {
            if (packet.Frame.Length < 4)
            {
                return DropReason.FrameTooShort;
            }

            start = packet.Frame[2] | (packet.Frame[3] << 8);
        }

        return ParseIeee80211(ref packet, start, out layer3);
    }

    /// <summary>Parses from an IEEE 802.11 header on.</summary>
    public static DropReason ParseIeee80211(ref Packet packet, int start, out int layer3)
    {
        layer3 = -1;
        return Ieee80211.TryFindBody(packet.Frame, start, out int body)
            ? ParseLogicalLink(ref packet, body, out layer3)
            : DropReason.None;
    }

    private static DropReason SetIp(ref Packet packet, bool isIpv4, bool isIpv6, ref int layer3)
    {
        if (!isIpv4 && !isIpv6)
        {
            layer3 = -1;
            return DropReason.None;
        }

        packet.EtherType = isIpv4 ? EtherTypes.Ipv4 : EtherTypes.Ipv6;
        return DropReason.None;
    }
}
