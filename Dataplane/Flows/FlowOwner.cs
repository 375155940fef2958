using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Flows;

/// <summary>Which worker owns a flow: the keyed hash of its innermost 5-tuple, whoever received the
/// packet.</summary>
/// <remarks>
/// Both directions of a flow have one owner. ICMP errors go to the owner of the flow they speak of; fragments
/// to one worker for each (source, destination, identification), which rebuilds the datagram.
/// </remarks>
public readonly struct FlowOwner(FlowHash hash, int workers)
{
    private const int QuotedHeaderBytesMin = 28;
    private const uint Scatter = 0x85EB_CA6B;
    private readonly FlowHash _hash = hash;
    private readonly uint _workers = (uint)workers;

    /// <summary>The owner of a hash. The table's buckets are chosen by its high bits, so owners are chosen by
    /// those of a multiple: flows of one worker still fill all of its buckets.</summary>
    public byte Of(uint flowHash) => (byte)(((ulong)(flowHash * Scatter) * _workers) >> 32);

    /// <summary>The owner of a packet whose key and hash are filled in.</summary>
    public byte Of(ref readonly Packet packet)
    {
        bool isIcmp = packet.Protocol is IpProtocols.Icmp or IpProtocols.Icmpv6;
        return isIcmp && TryReadQuoted(in packet, out FlowKey quoted)
            ? Of(_hash.Of(in quoted))
            : Of(packet.FlowHash);
    }

    /// <summary>The worker that collects the pieces of a datagram.</summary>
    public byte OfFragment(ref readonly Packet packet)
    {
        PacketBytes header = packet.Layer3;
        FlowKey key = default;
        if (packet.IpVersion == 4)
        {
            key.AddressALow = header.ReadRaw<uint>(12);
            key.AddressBLow = header.ReadRaw<uint>(16);
            key.TunnelAndProtocol = header.ReadUInt16(4);
        }
        else
        {
            key.AddressAHigh = header.ReadRaw<ulong>(8);
            key.AddressALow = header.ReadRaw<ulong>(16);
            key.AddressBHigh = header.ReadRaw<ulong>(24);
            key.AddressBLow = header.ReadRaw<ulong>(32);
            key.TunnelAndProtocol = packet.Frame.ReadUInt32(packet.L4Offset - sizeof(uint));
        }

        return Of(_hash.Of(in key));
    }

    /// <summary>The 5-tuple in the datagram that an ICMP error quotes, as its sender wrote it.</summary>
    public static bool TryReadQuoted(ref readonly Packet packet, out FlowKey key)
    {
        key = default;
        PacketBytes quoted = packet.Payload;
        bool isFour = packet.Protocol == IpProtocols.Icmp;
        byte type = (byte)packet.SourcePort;
        bool isError = isFour ? type is 3 or 4 or 5 or 11 or 12 : type is >= 1 and <= 4;
        return isError && quoted.Length >= QuotedHeaderBytesMin
            && (isFour ? TryReadIpv4(in packet, quoted, ref key) : TryReadIpv6(in packet, quoted, ref key));
    }

    private static bool TryReadIpv4(ref readonly Packet packet, PacketBytes quoted, ref FlowKey key)
    {
        int header = (quoted[0] & 15) * 4;
        if (quoted[0] >> 4 != 4 || header < Ipv4.HeaderBytesMin || quoted.Length < header + sizeof(uint)
            || (quoted.ReadUInt16(6) & Ipv4.OffsetMask) != 0)
        {
            return false;
        }

        key.AddressALow = 0xFFFF_0000UL | ((ulong)quoted.ReadRaw<uint>(12) << 32);
        key.AddressBLow = 0xFFFF_0000UL | ((ulong)quoted.ReadRaw<uint>(16) << 32);
        FillRest(in packet, quoted, quoted[9], header, ref key);
        return true;
    }

    private static bool TryReadIpv6(ref readonly Packet packet, PacketBytes quoted, ref FlowKey key)
    {
        if (quoted[0] >> 4 != 6 || quoted.Length < Ipv6.HeaderBytes + sizeof(uint))
        {
            return false;
        }

        key.AddressAHigh = quoted.ReadRaw<ulong>(8);
        key.AddressALow = quoted.ReadRaw<ulong>(16);
        key.AddressBHigh = quoted.ReadRaw<ulong>(24);
        key.AddressBLow = quoted.ReadRaw<ulong>(32);
        FillRest(in packet, quoted, quoted[6], Ipv6.HeaderBytes, ref key);
        return true;
    }

    private static void FillRest(
        ref readonly Packet packet, PacketBytes quoted, byte protocol, int header, ref FlowKey key)
    {
        if (protocol is IpProtocols.Tcp or IpProtocols.Udp)
        {
            key.PortA = quoted.ReadUInt16(header);
            key.PortB = quoted.ReadUInt16(header + sizeof(ushort));
        }

        key.Vlan = packet.Vlan;
        key.InnerVlan = packet.InnerVlan;
        key.TunnelId = packet.TunnelId;
        key.Protocol = protocol;
        key.IpVersion = packet.IpVersion;
    }
}
