using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>Changes bytes of a packet in place and keeps its checksums right (RFC 1624).</summary>
/// <remarks>
/// The size stays. What the parser found (ports, numbers) stays as it was received. An NF that rewrites
/// answers
/// <c>Verdict.Modified</c>. Wrong checksums stay wrong by the same amount.
/// </remarks>
public static class PacketRewrite
{
    private const int Ipv4ChecksumAt = 10, Ipv4AddressesAt = 12, Ipv4AddressesEnd = 20;
    private const int Ipv6AddressesAt = 8, Ipv6AddressesEnd = 40;

    /// <summary>Writes bytes at an offset from the frame's first byte; false, and nothing changed, when they
    /// do
    /// not fit into the captured frame.</summary>
    public static bool Write(ref Packet packet, int offset, ReadOnlySpan<byte> bytes)
    {
        if (offset < 0 || bytes.Length > packet.Frame.Length - offset)
        {
            return false;
        }
        for (int i = 0; i < bytes.Length; i++)
        {
            WriteByte(ref packet, offset + i, bytes[i]);
        }
        return true;
    }

    /// <summary>Writes into the layer 4 payload; false when it is shorter.</summary>
    public static bool WritePayload(ref Packet packet, int offset, ReadOnlySpan<byte> bytes) =>
        offset >= 0 && bytes.Length <= packet.PayloadLength - offset
        && Write(ref packet, packet.PayloadOffset + offset, bytes);

    private static void WriteByte(ref Packet packet, int at, byte value)
    {
        byte before = packet.Frame[at];
        if (before == value)
        {
            return;
        }
        packet.Frame.Span[at] = value;
        if (packet.IpVersion == 0 || at < packet.L3Offset)
        {
            return;
        }
        int layer4End = packet.PayloadOffset + packet.PayloadLength;
        int inHeader = at - packet.L3Offset;
        bool isIpv4 = packet.IpVersion == 4;
        bool isFragment = (packet.Flags & PacketFlags.Fragment) != 0;
        if (at >= packet.L4Offset)
        {
            if (at < layer4End && !isFragment)
            {
                PatchLayer4(ref packet, at - packet.L4Offset, isInLayer4: true, before, value);
            }
            return;
        }
        if (isIpv4 && inHeader is not (Ipv4ChecksumAt or Ipv4ChecksumAt + 1))
        {
            Patch(packet.Frame, packet.L3Offset + Ipv4ChecksumAt, inHeader, before, value);
        }
        bool isAddress = isIpv4 ? inHeader is >= Ipv4AddressesAt and < Ipv4AddressesEnd
            : inHeader is >= Ipv6AddressesAt and < Ipv6AddressesEnd;
        if (isAddress && !isFragment && packet.Protocol != IpProtocols.Icmp)
        {
            PatchLayer4(ref packet, inHeader, isInLayer4: false, before, value);
        }
    }

    /// <summary>Patches the layer 4 checksum; the parity of <paramref name="at"/> tells which half of a word
    /// changed.</summary>
    private static void PatchLayer4(ref Packet packet, int at, bool isInLayer4, byte before, byte value)
    {
        int field = packet.Protocol switch
        {
            IpProtocols.Tcp => 16,
            IpProtocols.Udp => 6,
            IpProtocols.Icmp or IpProtocols.Icmpv6 => 2,
            _ => -1,
        };
        bool isOwn = isInLayer4 && (at & ~1) == field;
        int place = packet.L4Offset + field;
        if (field < 0 || isOwn || place + 2 > packet.PayloadOffset + packet.PayloadLength)
        {
            return;
        }
        bool isUdp = packet.Protocol == IpProtocols.Udp;
        if (isUdp && packet.Frame.ReadUInt16(place) == 0)
        {
            return; // none was sent
        }
        Patch(packet.Frame, place, at, before, value);
        if (isUdp && packet.Frame.ReadUInt16(place) == 0)
        {
            packet.Frame.WriteUInt16(place, ushort.MaxValue); // RFC 768: zero stands for none
        }
    }

    private static void Patch(PacketBytes frame, int place, int at, byte before, byte value)
    {
        int shift = (at & 1) == 0 ? 8 : 0;
        ushort checksum = Checksum.Update(
            frame.ReadUInt16(place), (ushort)(before << shift), (ushort)(value << shift));
        frame.WriteUInt16(place, checksum);
    }
}
