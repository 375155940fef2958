using System.Buffers.Binary;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.Layer23;

/// <summary>Turns a parsed frame into the packet its flow is about: whole datagram,
/// innermost headers.</summary>
/// <remarks>
/// Fragments go on their way as they come; the one that completes a datagram is seen with the whole of it,
/// so a
/// verdict against it keeps the datagram from its receiver. Tunnels are looked through:
/// the packet then has the
/// inner headers' offsets and a TunnelId, and its frame stays what is on the wire. One worker's.
/// </remarks>
public sealed class Layer23Stack : IDisposable
{
    private const int DatagramBytesMax = 65_535;

    /// <summary>Room for the headers before a rebuilt datagram;
    /// longer ones are cut to the IP header.</summary>
    private const int PrefixBytesMax = 512;
    private const uint WholeBytes = DatagramBytesMax + PrefixBytesMax + 1;

    /// <summary>Tunnels and fragmentations inside one another that are looked through.</summary>
    private const int LayerMax = 8;

    private readonly FragmentSettings _settings;
    private readonly FragmentTable _fragments;
    private readonly NativeArray<byte> _wholes;
    private HostPolicies _hosts = HostPolicies.None;
    private uint _wholeCount;
    private uint _lentCount;
    private Packet _outer;

    public Layer23Stack(FragmentSettings settings)
    {
        _settings = settings;
        _fragments = new FragmentTable(settings);
        _wholes = new NativeArray<byte>(WholeBytes * settings.WholeMax);
    }

    /// <summary>Puts overlapping fragments together by these policies from now on; called between
    /// bursts.</summary>
    public void Use(HostPolicies hosts) => _hosts = hosts;

    /// <summary>Counters for statistics.</summary>
    public FragmentTable Fragments => _fragments;

    /// <summary>Datagrams rebuilt, and packets found in tunnels.</summary>
    public ulong ReassembledCount { get; private set; }
    public ulong TunneledCount { get; private set; }

    /// <summary>True when the packet processed last was found in a tunnel that is a flow of its
    /// own.</summary>
    public bool HasOuter { get; private set; }

    /// <summary>True when a fragment processed last lay over others of its datagram.</summary>
    public bool HadOverlap { get; private set; }

    /// <summary>The packet around that tunnel: a datagram whose flow has subscribers, too.</summary>
    public ref readonly Packet Outer => ref _outer;

    /// <summary>A new burst begins: rebuilt datagrams of the last one are not needed any more.</summary>
    public void BeginBurst() => _wholeCount = _lentCount == 0 ? 0 : _wholeCount;

    /// <summary>A rebuilt datagram goes to another worker:
    /// none is overwritten before it is back.</summary>
    public void Lend() => _lentCount++;

    /// <summary>It is back.</summary>
    public void TakeBack() => _lentCount--;

    /// <summary>Looks through fragments and tunnels.
    /// <see cref="PacketFlags.Fragment"/> stays set on a packet that
    /// waits for the rest of its datagram: it has no flow and goes on its way.</summary>
    public StackResult Process(ref Packet packet)
    {
        (HasOuter, HadOverlap) = (false, false);
        for (int layer = 0; layer < LayerMax; layer++)
        {
            if ((packet.Flags & PacketFlags.Fragment) != 0)
            {
                DropReason reason = Rebuild(ref packet);
                if (reason != DropReason.None || (packet.Flags & PacketFlags.Fragment) != 0)
                {
                    return StackResult.Drop(reason);
                }
            }
            else if (packet.IpVersion == 0 || !TunnelDecoder.MayHold(in packet))
            {
                return StackResult.Continue;
            }
            else
            {
                Packet inner = packet;
                if (!TunnelDecoder.TryEnter(ref inner))
                {
                    return StackResult.Continue;
                }
                NoteOuter(in packet, ref inner);
                packet = inner;
                TunneledCount++;
            }
        }
        return StackResult.Continue;
    }

    public void Dispose()
    {
        _fragments.Dispose();
        _wholes.Dispose();
    }

    /// <summary>IP in IP is only another header;
    /// every other tunnel has ends that talk to each other.</summary>
    private void NoteOuter(ref readonly Packet packet, ref Packet inner)
    {
        if (HasOuter || packet.Protocol is IpProtocols.Ipv4 or IpProtocols.Ipv6)
        {
            return;
        }
        _outer = packet;
        HasOuter = true;
        inner.Flags |= PacketFlags.Tunneled;
    }

    private DropReason Rebuild(ref Packet packet)
    {
        if (packet.PayloadLength != packet.WirePayloadLength)
        {
            return DropReason.FragmentInvalid; // the capture cut it
        }
        FragmentPiece piece = PieceOf(in packet);
        DropReason reason = _fragments.Add(
            in piece, packet.Payload, packet.WireLength, packet.TimestampNs, out uint whole);
        HadOverlap |= _fragments.HadOverlap;
        if (reason != DropReason.None || !FragmentTable.IsWhole(whole))
        {
            return reason;
        }
        return Replace(ref packet, whole);
    }

    private FragmentPiece PieceOf(ref readonly Packet packet)
    {
        PacketBytes frame = packet.Frame;
        if (packet.IpVersion == 4)
        {
            ushort field = frame.ReadUInt16(packet.L3Offset + 6);
            var key = FragmentKey.Of(in packet, frame.ReadUInt16(packet.L3Offset + 4));
            uint offset = (uint)(field & Ipv4.OffsetMask) * 8;
            return new FragmentPiece(
                key, offset, (field & Ipv4.MoreFragments) != 0, packet.Protocol,
                _hosts.FragmentsTo(in packet));
        }

        // The parser leaves L4Offset behind the fragment header of 8 bytes.
        int header = packet.L4Offset - 8;
        ushort bits = frame.ReadUInt16(header + 2);
        var key6 = FragmentKey.Of(in packet, frame.ReadUInt32(header + 4));
        return new FragmentPiece(
            key6, bits & 0xFFF8u, (bits & 1) != 0, frame[header], OverlapPolicy.Strict);
    }

    /// <summary>The packet becomes the whole datagram,
    /// behind the headers of the frame that completed it.</summary>
    private DropReason Replace(ref Packet packet, uint whole)
    {
        int prefix = packet.L3Offset <= PrefixBytesMax - Ipv6.HeaderBytes - 20 ? packet.L3Offset : 0;
        int header = packet.IpVersion == 4 ? (packet.Frame[packet.L3Offset] & 15) * 4 : Ipv6.HeaderBytes;
        int body = _fragments.LengthOf(whole);
        int limit = packet.IpVersion == 4 ? DatagramBytesMax - header : DatagramBytesMax;
        if (_wholeCount == _settings.WholeMax || body > limit)
        {
            _fragments.CopyWhole(whole, _wholes.AsSpan(0, WholeBytes));
            return DropReason.FragmentInvalid;
        }
        uint start = _wholeCount++ * WholeBytes;
        byte protocol = _fragments.ProtocolOf(whole);
        packet.WireLength = _fragments.WireBytesOf(whole);
        Span<byte> target = _wholes.AsSpan(start, WholeBytes);
        packet.Frame.Slice(packet.L3Offset - prefix, prefix + header).Span.CopyTo(target);
        _fragments.CopyWhole(whole, target[(prefix + header)..]);
        if (packet.IpVersion == 4)
        {
            PatchIpv4(target.Slice(prefix, header), body);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(target[(prefix + 4)..], (ushort)body);
            target[prefix + 6] = protocol;
        }
        packet.WireEnd = (uint)(prefix + header + body);
        packet.Frame = _wholes.Bytes(start, (uint)(prefix + header + body));
        packet.Flags =
            (packet.Flags & ~(PacketFlags.Fragment | PacketFlags.NoLayer4)) | PacketFlags.Reassembled;
        packet.EtherType = packet.IpVersion == 4 ? EtherTypes.Ipv4 : EtherTypes.Ipv6;
        ReassembledCount++;
        return PacketParser.ParseIp(ref packet, prefix);
    }

    private static void PatchIpv4(Span<byte> header, int body)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(header.Length + body));
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], Checksum.Of(header));
    }
}
