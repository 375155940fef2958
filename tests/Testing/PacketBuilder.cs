using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Testing;

/// <summary>Builds the bytes of one frame, outermost header first, with right lengths and
/// checksums.</summary>
/// <remarks>
/// Knows nothing of the dataplane, so that it is a check from outside. <c>Break…</c> methods make what a
/// hostile or faulty sender would: they change bytes after everything else has been filled in.
/// </remarks>
public sealed class PacketBuilder
{
    private const byte ProtocolIcmp = 1, ProtocolTcp = 6, ProtocolUdp = 17, ProtocolIcmpV6 = 58;
    private const ushort EtherTypeIpv4 = 0x0800, EtherTypeArp = 0x0806, EtherTypeIpv6 = 0x86DD;

    private readonly List<(ushort Tpid, ushort Tci)> _tags = [];
    private readonly List<(byte Type, byte[] Body)> _extensions = [];
    private readonly List<Action<byte[]>> _edits = [];
    private byte[] _sourceMac = Mac("02:00:00:00:00:01");
    private byte[] _destinationMac = Mac("02:00:00:00:00:02");
    private ushort _etherType;
    private Func<byte, byte[], byte[]>? _ipHeader;
    private byte[] _source = [], _destination = [];
    private byte _protocol;
    private byte[] _layer4 = [];
    private int _checksumAt = -1;
    private byte[] _payload = [];
    private bool _isFragmentOnly;

    private PacketBuilder()
    {
    }

    /// <summary>An Ethernet II frame; addresses as <c>02:00:00:00:00:01</c>.</summary>
    public static PacketBuilder Ethernet(string? source = null, string? destination = null)
    {
        PacketBuilder builder = new();
        builder._sourceMac = source is null ? builder._sourceMac : Mac(source);
        builder._destinationMac = destination is null ? builder._destinationMac : Mac(destination);
        return builder;
    }

    /// <summary>Adds a VLAN tag behind those already there: outer first, 0x88A8 then 0x8100 for
    /// QinQ.</summary>
    public PacketBuilder Vlan(int id, int tpid = 0x8100)
    {
        _tags.Add(((ushort)tpid, (ushort)id));
        return this;
    }

    /// <summary>Any other EtherType with the payload as it is.</summary>
    public PacketBuilder EtherType(int etherType)
    {
        _etherType = (ushort)etherType;
        return this;
    }

    /// <summary>IPv4 header; <paramref name="options"/> are padded with zeroes to four bytes.</summary>
    public PacketBuilder Ipv4(string source, string destination, int ttl = 64, int id = 0,
        byte[]? options = null)
    {
        (_source, _destination) = (Address(source, 4), Address(destination, 4));
        _etherType = EtherTypeIpv4;
        byte[] padded = Padded(options ?? [], 4);
        _ipHeader = (protocol, body) => Ipv4Header(protocol, body.Length, ttl, id, padded);
        return this;
    }

    /// <summary>IPv6 header.</summary>
    public PacketBuilder Ipv6(string source, string destination, int hopLimit = 64)
    {
        (_source, _destination) = (Address(source, 16), Address(destination, 16));
        _etherType = EtherTypeIpv6;
        _ipHeader = (protocol, body) => Ipv6Header(protocol, body.Length, hopLimit);
        return this;
    }

    /// <summary>An IPv6 extension header: 0 hop by hop, 43 routing, 60 destination; body without the first
    /// two bytes, padded to a multiple of eight.</summary>
    public PacketBuilder Ipv6Extension(int type, byte[] body)
    {
        byte[] whole = Padded([0, 0, .. body], 8);
        whole[1] = (byte)((whole.Length / 8) - 1);
        _extensions.Add(((byte)type, whole));
        return this;
    }

    /// <summary>TCP header; options are padded with zeroes (end of list) to four bytes.</summary>
    public PacketBuilder Tcp(
        int sourcePort, int destinationPort, uint sequence, uint acknowledgement, TcpFlags flags,
        int window = 65535, byte[]? options = null, int urgent = 0)
    {
        byte[] padded = Padded(options ?? [], 4);
        byte[] header = new byte[20 + padded.Length];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)destinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), acknowledgement);
        header[12] = (byte)(header.Length / 4 << 4);
        header[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)window);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(18), (ushort)urgent);
        padded.CopyTo(header, 20);
        return Layer4(ProtocolTcp, header, checksumAt: 16);
    }

    /// <summary>UDP header.</summary>
    public PacketBuilder Udp(int sourcePort, int destinationPort)
    {
        byte[] header = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)destinationPort);
        return Layer4(ProtocolUdp, header, checksumAt: 6);
    }

    /// <summary>ICMP or, over IPv6, ICMPv6; <paramref name="rest"/> is the header's second word.</summary>
    public PacketBuilder Icmp(int type, int code, uint rest = 0)
    {
        byte[] header = new byte[8];
        header[0] = (byte)type;
        header[1] = (byte)code;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), rest);
        return Layer4(_source.Length == 16 ? ProtocolIcmpV6 : ProtocolIcmp, header, checksumAt: 2);
    }

    /// <summary>Any other protocol above IP; the payload follows the IP header directly.</summary>
    public PacketBuilder Protocol(int protocol) => Layer4((byte)protocol, [], checksumAt: -1);

    /// <summary>ARP for IPv4 over Ethernet: operation 1 asks, 2 answers.</summary>
    public PacketBuilder Arp(int operation, string senderIp, string targetIp, string? targetMac = null)
    {
        _etherType = EtherTypeArp;
        byte[] target = targetMac is null ? new byte[6] : Mac(targetMac);
        _payload = [0, 1, 8, 0, 6, 4, 0, (byte)operation,
            .. _sourceMac, .. Address(senderIp, 4), .. target, .. Address(targetIp, 4)];
        return this;
    }

    /// <summary>What the innermost header carries.</summary>
    public PacketBuilder Payload(ReadOnlySpan<byte> bytes)
    {
        _payload = bytes.ToArray();
        return this;
    }

    /// <summary>Adds one to the innermost checksum: TCP, UDP or ICMP, else IPv4's.</summary>
    public PacketBuilder BreakChecksum()
    {
        _edits.Add(frame =>
        {
            int ip = 14 + (_tags.Count * 4);
            int at = _checksumAt >= 0 ? frame.Length - _payload.Length - _layer4.Length + _checksumAt
                : ip + 10;
            frame[at + 1]++;
        });
        return this;
    }

    /// <summary>Overwrites one byte, counted from the IP header's start, in the finished frame.</summary>
    public PacketBuilder BreakIpByte(int offset, int value)
    {
        _edits.Add(frame => frame[14 + (_tags.Count * 4) + offset] = (byte)value);
        return this;
    }

    /// <summary>The frame, not padded to 60 bytes.</summary>
    public byte[] Build()
    {
        byte[] body = Body();
        List<byte> frame = [.. _destinationMac, .. _sourceMac];
        foreach ((ushort tpid, ushort tci) in _tags)
        {
            frame.AddRange([(byte)(tpid >> 8), (byte)tpid, (byte)(tci >> 8), (byte)tci]);
        }
        frame.AddRange([(byte)(_etherType >> 8), (byte)_etherType, .. body]);
        byte[] bytes = [.. frame];
        _edits.ForEach(edit => edit(bytes));
        return bytes;
    }

    /// <summary>The frame with a time.</summary>
    public Frame At(long timestampNs) => new(timestampNs, Build());

    /// <summary>The packet as IP fragments of at most <paramref name="fragmentBytes"/> (a multiple of eight)
    /// of payload each, in order. IPv6 fragments carry a fragment header behind the extension
    /// headers.</summary>
    public IReadOnlyList<byte[]> BuildFragments(int fragmentBytes, int id = 1)
    {
        if (_ipHeader is null || fragmentBytes % 8 != 0)
        {
            throw new InvalidOperationException("Fragments need an IP header and a size divisible by eight.");
        }
        byte[] datagram = Datagram();
        List<byte[]> fragments = [];
        for (int at = 0; at < datagram.Length; at += fragmentBytes)
        {
            int length = Math.Min(fragmentBytes, datagram.Length - at);
            int flag = at + length < datagram.Length ? 1 : 0;
            fragments.Add(Fragment(datagram[at..(at + length)], at, flag, id));
        }
        return fragments;
    }

    private byte[] Fragment(byte[] piece, int offset, int moreFragments, int id)
    {
        PacketBuilder part = (PacketBuilder)MemberwiseClone();
        part._layer4 = [];
        part._checksumAt = -1;
        part._payload = piece;
        part._isFragmentOnly = true;
        if (_source.Length == 4)
        {
            Func<byte, byte[], byte[]> whole = _ipHeader!;
            part._ipHeader = (protocol, body) =>
            {
                byte[] header = whole(protocol, body);
                BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)id);
                BinaryPrimitives.WriteUInt16BigEndian(
                    header.AsSpan(6), (ushort)((moreFragments << 13) | (offset / 8)));
                return WithIpv4Checksum(header);
            };
            return part.Build();
        }
        byte[] fragmentHeader = new byte[8];
        fragmentHeader[0] = _protocol;
        BinaryPrimitives.WriteUInt16BigEndian(fragmentHeader.AsSpan(2), (ushort)(offset | moreFragments));
        BinaryPrimitives.WriteUInt32BigEndian(fragmentHeader.AsSpan(4), (uint)id);
        part._payload = [.. fragmentHeader, .. piece];
        part._protocol = 44;
        return part.Build();
    }

    private PacketBuilder Layer4(byte protocol, byte[] header, int checksumAt)
    {
        (_protocol, _layer4, _checksumAt) = (protocol, header, checksumAt);
        return this;
    }

    private byte[] Body()
    {
        if (_ipHeader is null)
        {
            return _payload;
        }
        byte[] extensions = [];
        byte next = _protocol;
        foreach ((byte type, byte[] body) in Enumerable.Reverse(_extensions))
        {
            body[0] = next;
            next = type;
            extensions = [.. body, .. extensions];
        }
        byte[] inner = [.. extensions, .. _isFragmentOnly ? _payload : Datagram()];
        return [.. _ipHeader(next, inner), .. inner];
    }

    private byte[] Datagram()
    {
        byte[] segment = [.. _layer4, .. _payload];
        if (_protocol == ProtocolUdp)
        {
            BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(4), (ushort)segment.Length);
        }
        if (_checksumAt < 0)
        {
            return segment;
        }
        ushort checksum = _protocol == ProtocolIcmp
            ? InternetChecksum.Of(segment)
            : InternetChecksum.WithPseudoHeader(_source, _destination, _protocol, segment);
        // RFC 768: a UDP checksum of zero is sent as all ones, because zero means "none".
        checksum = _protocol == ProtocolUdp && checksum == 0 ? (ushort)0xFFFF : checksum;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(_checksumAt), checksum);
        return segment;
    }

    private byte[] Ipv4Header(byte protocol, int bodyBytes, int ttl, int id, byte[] options)
    {
        byte[] header = new byte[20 + options.Length];
        header[0] = (byte)(0x40 | (header.Length / 4));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(header.Length + bodyBytes));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)id);
        header[6] = 0x40; // don't fragment
        header[8] = (byte)ttl;
        header[9] = protocol;
        _source.CopyTo(header, 12);
        _destination.CopyTo(header, 16);
        options.CopyTo(header, 20);
        return WithIpv4Checksum(header);
    }

    private static byte[] WithIpv4Checksum(byte[] header)
    {
        header[10] = header[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), InternetChecksum.Of(header));
        return header;
    }

    private byte[] Ipv6Header(byte nextHeader, int bodyBytes, int hopLimit)
    {
        byte[] header = new byte[40];
        header[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)bodyBytes);
        header[6] = nextHeader;
        header[7] = (byte)hopLimit;
        _source.CopyTo(header, 8);
        _destination.CopyTo(header, 24);
        return header;
    }

    private static byte[] Padded(byte[] bytes, int multiple) =>
        [.. bytes, .. new byte[(multiple - (bytes.Length % multiple)) % multiple]];

    private static byte[] Mac(string text) =>
        [.. text.Split(':').Select(
        part => byte.Parse(part, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];

    private static byte[] Address(string text, int bytes)
    {
        IPAddress address = IPAddress.Parse(text);
        AddressFamily family = bytes == 4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        return address.AddressFamily == family
            ? address.GetAddressBytes()
            : throw new ArgumentException($"{text} is no address of {bytes} bytes.", nameof(text));
    }
}
