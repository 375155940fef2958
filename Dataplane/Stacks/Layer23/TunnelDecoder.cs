using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.Layer23;

/// <summary>Finds the packet inside a tunnel: IP in IP, GRE with its payloads, AH,
/// and tunnels over UDP.</summary>
/// <remarks>
/// Pure: reads, never writes bytes. A payload that does not parse is no tunnel; the outer packet then stands.
/// TunnelId names an overlay network (VXLAN, Geneve). Other tunnels leave it alone: a connection that changes
/// between a tunnel and the direct way is one, and what each end of a tunnel chooses differs by direction.
/// </remarks>
public static class TunnelDecoder
{
    private const ushort VxlanPort = 4789, GenevePort = 6081, GtpPort = 2152, TeredoPort = 3544,
        L2tpPort = 1701,
        AyiyaPort = 5072;
    private const uint NoNetwork = 0, Vxlan = 1 << 24, Geneve = 2 << 24;

    /// <summary>A quick look at protocol and ports: false for nearly all packets.</summary>
    public static bool MayHold(ref readonly Packet packet) => packet.Protocol switch
    {
        IpProtocols.Tcp => false,
        IpProtocols.Udp => IsTunnelPort(packet.DestinationPort) || IsTunnelPort(packet.SourcePort),
        IpProtocols.Ipv4 or IpProtocols.Ipv6 or IpProtocols.Gre or IpProtocols.Authentication => true,
        _ => false,
    };

    /// <summary>Makes <paramref name="packet"/> the inner one; when false it is spoilt.</summary>
    public static bool TryEnter(ref Packet packet)
    {
        PacketBytes outer = packet.Frame;
        PacketBytes body = outer.Slice(0, packet.PayloadOffset + packet.PayloadLength);
        bool isFound = packet.Protocol switch
        {
            IpProtocols.Ipv4 => EnterIp(ref packet, NoNetwork, packet.L4Offset, 4),
            IpProtocols.Ipv6 => EnterIp(ref packet, NoNetwork, packet.L4Offset, 6),
            IpProtocols.Gre => EnterGre(ref packet, body),
            IpProtocols.Authentication => EnterAuthentication(ref packet, body),
            IpProtocols.Udp => EnterUdp(ref packet, body),
            _ => false,
        };
        return isFound && packet.IpVersion != 0;
    }

    private static bool IsTunnelPort(ushort port) =>
        port is VxlanPort or GenevePort or GtpPort or TeredoPort or L2tpPort or AyiyaPort;

    private static bool EnterUdp(ref Packet packet, PacketBytes body)
    {
        int at = packet.PayloadOffset;
        bool Uses(ref Packet udp, ushort port) => udp.DestinationPort == port || udp.SourcePort == port;
        if (Uses(ref packet, VxlanPort))
        {
            // RFC 7348: flag I, then a 24-bit VNI.
            return body.Length >= at + 8 && (body[at] & 0x08) != 0
                && EnterEthernet(ref packet, Vxlan | (body.ReadUInt32(at + 4) >> 8), at + 8);
        }
        if (Uses(ref packet, GenevePort))
        {
            return EnterGeneve(ref packet, body, at);
        }
        if (Uses(ref packet, GtpPort))
        {
            return EnterGtp(ref packet, body, at);
        }
        if (Uses(ref packet, TeredoPort))
        {
            return EnterTeredo(ref packet, body, at);
        }
        return Uses(ref packet, L2tpPort) ? EnterL2tp(ref packet, body, at)
            : EnterAyiya(ref packet, body, at);
    }

    // RFC 8926: version 0, options in words of 4 bytes, protocol, 24-bit VNI.
    private static bool EnterGeneve(ref Packet packet, PacketBytes body, int at)
    {
        if (body.Length < at + 8 || body[at] >> 6 != 0)
        {
            return false;
        }
        int next = at + 8 + ((body[at] & 0x3F) * 4);
        return EnterProtocol(
            ref packet, Geneve | (body.ReadUInt32(at + 4) >> 8), body.ReadUInt16(at + 2), next);
    }

    // 3GPP TS 29.281: version 1, message 255 carries a packet; the TEID differs by direction.
    private static bool EnterGtp(ref Packet packet, PacketBytes body, int at)
    {
        const byte PacketMessage = 255;
        if (body.Length < at + 8 || (body[at] & 0xF0) != 0x30 || body[at + 1] != PacketMessage)
        {
            return false;
        }
        int next = at + 8;
        if ((body[at] & 7) != 0)
        {
            next += 4;
            int extension = body.Length >= next ? body[next - 1] : 0;
            bool hasExtensions = (body[at] & 4) != 0;
            for (int count = 0; hasExtensions && extension != 0 && count < 8; count++)
            {
                int bytes = body.Length > next ? body[next] * 4 : 0;
                if (bytes == 0 || body.Length < next + bytes)
                {
                    return false;
                }
                next += bytes;
                extension = body[next - 1];
            }
        }
        return EnterIp(ref packet, NoNetwork, next, 0);
    }

    // RFC 4380: authentication and origin may come first; the IPv6 packet must fill the datagram.
    private static bool EnterTeredo(ref Packet packet, PacketBytes body, int at)
    {
        if (body.Length >= at + 4 && body.ReadUInt16(at) == 1)
        {
            at += 13 + body[at + 2] + body[at + 3];
        }
        if (body.Length >= at + 8 && body.ReadUInt16(at) == 0)
        {
            at += 8;
        }
        return body.Length >= at + Ipv6.HeaderBytes && body[at] >> 4 == 6
            && at + Ipv6.HeaderBytes + body.ReadUInt16(at + 4) == body.Length
            && EnterIp(ref packet, NoNetwork, at, 6);
    }

    // RFC 2661: a data message, then PPP. Tunnel and session ids differ by direction.
    private static bool EnterL2tp(ref Packet packet, PacketBytes body, int at)
    {
        const int Control = 0x8000, HasLength = 0x4000, HasSequence = 0x0800, HasOffset = 0x0200,
            Version = 0x000F;
        if (body.Length < at + 8)
        {
            return false;
        }
        int flags = body.ReadUInt16(at);
        if ((flags & Control) != 0 || (flags & Version) != 2)
        {
            return false;
        }
        int next = at + 6 + ((flags & HasLength) != 0 ? 2 : 0) + ((flags & HasSequence) != 0 ? 4 : 0);
        if ((flags & HasOffset) != 0)
        {
            next += 2 + (body.Length >= next + 2 ? body.ReadUInt16(next) : 0);
        }
        return EnterPpp(ref packet, body, next);
    }

    // AYIYA: identity of 2^n bytes, signature in words of 4 bytes, then the header named.
    private static bool EnterAyiya(ref Packet packet, PacketBytes body, int at)
    {
        const int Forward = 1;
        if (body.Length < at + 8 || (body[at + 2] & 0x0F) != Forward)
        {
            return false;
        }
        int next = at + 8 + (1 << (body[at] >> 4)) + ((body[at + 1] >> 4) * 4);
        return body[at + 3] == IpProtocols.Ipv6 && EnterIp(ref packet, NoNetwork, next, 6);
    }

    // RFC 2784, 2890 (version 0) and RFC 2637 (version 1, PPP).
    private static bool EnterGre(ref Packet packet, PacketBytes body)
    {
        const int HasChecksum = 0x8000, HasRouting = 0x4000, HasKey = 0x2000, HasSequence = 0x1000,
            HasAcknowledgment = 0x0080;
        const ushort Ppp = 0x880B;
        int at = packet.L4Offset;
        if (body.Length < at + 4)
        {
            return false;
        }
        int flags = body.ReadUInt16(at);
        ushort protocol = body.ReadUInt16(at + 2);
        int next = at + 4;
        bool isPptp = (flags & 7) == 1;
        if ((flags & 7) > 1 || (flags & HasRouting) != 0 || (isPptp && protocol != Ppp))
        {
            return false;
        }
        next += (flags & HasChecksum) != 0 ? 4 : 0;
        next += (flags & HasKey) != 0 ? 4 : 0;
        next += (flags & HasSequence) != 0 ? 4 : 0;
        next += isPptp && (flags & HasAcknowledgment) != 0 ? 4 : 0;
        if (protocol == Ppp)
        {
            return EnterPpp(ref packet, body, next);
        }
        return EnterGrePayload(ref packet, body, protocol, next, (flags & HasSequence) != 0);
    }

    private static bool EnterGrePayload(
        ref Packet packet, PacketBytes body, ushort protocol, int next, bool hasSequence)
    {
        const ushort Erspan2 = 0x88BE, Erspan3 = 0x22EB, ArubaMask = 0xFE0F, Aruba = 0x8200;
        if (protocol == Erspan2)
        {
            return EnterEthernet(ref packet, NoNetwork, next + (hasSequence ? 8 : 0));
        }
        if (protocol == Erspan3)
        {
            bool hasPlatform = body.Length >= next + 12 && (body[next + 11] & 1) != 0;
            return EnterEthernet(ref packet, NoNetwork, next + 12 + (hasPlatform ? 8 : 0));
        }
        if ((protocol & ArubaMask) == Aruba)
        {
            Begin(ref packet, NoNetwork);
            return LinkLayer.ParseIeee80211(ref packet, next, out int layer3) == DropReason.None
                && ParseAt(ref packet, layer3);
        }
        return EnterProtocol(ref packet, NoNetwork, protocol, next);
    }

    // RFC 4302: next header, length in words of 4 bytes less 2.
    private static bool EnterAuthentication(ref Packet packet, PacketBytes body)
    {
        int at = packet.L4Offset;
        if (body.Length < at + 8)
        {
            return false;
        }
        int bytes = (body[at + 1] + 2) * 4;
        int wireBytes = packet.WirePayloadLength - bytes;
        if (body.Length < at + bytes || wireBytes < 0)
        {
            return false;
        }
        packet.Protocol = body[at];
        return Transport.Parse(ref packet, at + bytes, body.Length, wireBytes) == DropReason.None;
    }

    private static bool EnterProtocol(ref Packet packet, uint network, ushort protocol, int next)
    {
        switch (protocol)
        {
            case EtherTypes.Ipv4:
                return EnterIp(ref packet, network, next, 4);
            case EtherTypes.Ipv6:
                return EnterIp(ref packet, network, next, 6);
            case EtherTypes.TransparentEthernet:
                return EnterEthernet(ref packet, network, next);
            case EtherTypes.Mpls or EtherTypes.MplsMulticast or EtherTypes.Vlan:
                Begin(ref packet, network);
                return LinkLayer.ParseType(ref packet, protocol, next, out int layer3) == DropReason.None
                    && ParseAt(ref packet, layer3);
            default:
                return false;
        }
    }

    private static bool EnterEthernet(ref Packet packet, uint network, int next)
    {
        Begin(ref packet, network);
        return LinkLayer.ParseEthernet(ref packet, next, out int layer3) == DropReason.None
            && ParseAt(ref packet, layer3);
    }

    private static bool EnterPpp(ref Packet packet, PacketBytes body, int next)
    {
        if (body.Length < next + 2)
        {
            return false;
        }
        Begin(ref packet, NoNetwork);
        next += body.ReadUInt16(next) == 0xFF03 ? 2 : 0;
        return LinkLayer.ParsePpp(ref packet, next, out int layer3) == DropReason.None
            && ParseAt(ref packet, layer3);
    }

    private static bool EnterIp(ref Packet packet, uint network, int next, int version)
    {
        if (packet.Frame.Length <= next)
        {
            return false;
        }
        int found = packet.Frame[next] >> 4;
        if ((version != 0 && found != version) || found is not (4 or 6))
        {
            return false;
        }
        Begin(ref packet, network);
        packet.EtherType = found == 4 ? EtherTypes.Ipv4 : EtherTypes.Ipv6;
        return ParseAt(ref packet, next);
    }

    private static bool ParseAt(ref Packet packet, int layer3) =>
        layer3 >= 0 && PacketParser.ParseIp(ref packet, layer3) == DropReason.None;

    /// <summary>Forgets the outer packet's layers 3 and 4, and notes the tunnel.</summary>
    private static void Begin(ref Packet packet, uint network)
    {
        packet.TunnelDepth++;
        packet.TunnelId = network == NoNetwork ? packet.TunnelId : (packet.TunnelId * 31) ^ network;
        packet.WireEnd = (uint)(packet.PayloadOffset + packet.WirePayloadLength);
        packet.IpVersion = 0;
        packet.Protocol = 0;
        packet.Sequence = packet.Acknowledgment = 0;
        packet.L3Offset = packet.L4Offset = packet.PayloadOffset = packet.PayloadLength = 0;
        packet.WirePayloadLength = packet.Window = packet.SourcePort = packet.DestinationPort = 0;
        packet.TcpFlags = 0;
        packet.Flags &= ~(PacketFlags.NoLayer4 | PacketFlags.Fragment);
    }
}
