using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>One frame with what the parser found in it: offsets in bytes from the frame's first
/// byte.</summary>
/// <remarks>
/// Filled by <c>PacketParser</c>, handed on by reference. All numbers are in host byte order.
/// Valid until the worker sends, drops or frees the packet. Laid out by hand: what the common parse finds is
/// written by a few whole words, and the rest is cleared by two stores.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 88)]
public struct Packet
{
    [FieldOffset(32)]
    private Vector256<byte> _found;

    [FieldOffset(64)]
    private Vector128<byte> _foundRest;

    /// <summary>Tunnel, protocol, IP version, TCP flags and TTL as one word, lowest first.</summary>
    [FieldOffset(40)]
    internal ulong IdentityWord;

    /// <summary>The four offsets and lengths as one word, lowest first.</summary>
    [FieldOffset(48)]
    internal ulong OffsetsWord;

    /// <summary>Source port, destination port, VLAN, inner VLAN as one word, as in the flow's key.</summary>
    [FieldOffset(56)]
    internal ulong PortsWord;

    /// <summary>EtherType, flags, tunnel depth and sender as one word, lowest first.</summary>
    [FieldOffset(72)]
    internal ulong KindWord;

    /// <summary>The captured bytes of the frame.</summary>
    [FieldOffset(0)]
    public PacketBytes Frame;

    /// <summary>Arrival or capture time in nanoseconds since 1970 UTC.</summary>
    [FieldOffset(16)]
    public long TimestampNs;

    /// <summary>Number of the buffer in its pool.</summary>
    [FieldOffset(24)]
    public uint BufferRef;

    /// <summary>Length of the whole frame on the wire; more than <see cref="Frame"/> where a capture cut
    /// it.</summary>
    [FieldOffset(28)]
    public uint WireLength;

    /// <summary>Offset at which the layer around the IP packet ends on the wire: what follows is
    /// padding.</summary>
    [FieldOffset(84)]
    public uint WireEnd;

    /// <summary>Keyed hash of the 5-tuple, equal for both directions.</summary>
    [FieldOffset(32)]
    public uint FlowHash;

    /// <summary>TCP sequence number, or 0.</summary>
    [FieldOffset(36)]
    public uint Sequence;

    /// <summary>TCP acknowledgment number, or 0.</summary>
    [FieldOffset(64)]
    public uint Acknowledgment;

    /// <summary>Offset of the IP header; 0 when there is none.</summary>
    [FieldOffset(48)]
    public ushort L3Offset;

    /// <summary>Offset of the TCP, UDP or ICMP header; 0 when there is none.</summary>
    [FieldOffset(50)]
    public ushort L4Offset;

    /// <summary>Offset of the first byte behind the layer 4 header.</summary>
    [FieldOffset(52)]
    public ushort PayloadOffset;

    /// <summary>Captured bytes of layer 4 payload, padding excluded.</summary>
    [FieldOffset(54)]
    public ushort PayloadLength;

    /// <summary>EtherType of the innermost tag.</summary>
    [FieldOffset(72)]
    public ushort EtherType;

    /// <summary>Outer VLAN id, 0 when untagged.</summary>
    [FieldOffset(60)]
    public ushort Vlan;

    /// <summary>Inner VLAN id of QinQ, else 0.</summary>
    [FieldOffset(62)]
    public ushort InnerVlan;

    /// <summary>Source port (host order), ICMP type for ICMP, else 0.</summary>
    [FieldOffset(56)]
    public ushort SourcePort;

    /// <summary>Destination port (host order), ICMP code for ICMP, else 0.</summary>
    [FieldOffset(58)]
    public ushort DestinationPort;

    /// <summary>TCP window field as sent, unscaled.</summary>
    [FieldOffset(68)]
    public ushort Window;

    /// <summary>Layer 4 payload bytes by the IP header's length:
    /// more than PayloadLength in cut captures.</summary>
    [FieldOffset(70)]
    public ushort WirePayloadLength;

    /// <summary>4, 6, or 0 when the frame carries no IP.</summary>
    [FieldOffset(45)]
    public byte IpVersion;

    /// <summary>IP protocol number of layer 4 (extension headers skipped).</summary>
    [FieldOffset(44)]
    public byte Protocol;

    /// <summary>The eight TCP flags of octet 13 (CWR ECE URG ACK PSH RST SYN FIN).</summary>
    [FieldOffset(46)]
    public byte TcpFlags;

    /// <summary>TTL or hop limit.</summary>
    [FieldOffset(47)]
    public byte Ttl;

    /// <summary>Index of the port it came in by.</summary>
    [FieldOffset(82)]
    public byte PortIndex;

    /// <summary>How many tunnels this packet was unwrapped from; 0 for a packet as it came from the
    /// wire.</summary>
    [FieldOffset(76)]
    public byte TunnelDepth;

    /// <summary>What the parser noticed.</summary>
    [FieldOffset(74)]
    public PacketFlags Flags;

    /// <summary>Sender, once the flow is known.</summary>
    [FieldOffset(77)]
    public Side Sender;

    /// <summary>Link type of the port.</summary>
    [FieldOffset(80)]
    public LinkType LinkType;

    /// <summary>Identifies the overlay network (VNI) around the packet; 0 outside of such.</summary>
    [FieldOffset(40)]
    public uint TunnelId;

    /// <summary>Forgets what a parse found; frame, time, buffer, lengths, link type and port stay.</summary>
    public void Clear()
    {
        _found = default;
        _foundRest = default;
        Sender = Side.None;
    }

    /// <summary>The captured layer 4 payload.</summary>
    public readonly PacketBytes Payload => Frame.Slice(PayloadOffset, PayloadLength);

    /// <summary>From the IP header to the end of the captured frame.</summary>
    public readonly PacketBytes Layer3 => Frame.Slice(L3Offset, Frame.Length - L3Offset);

    /// <summary>From the layer 4 header to the end of its captured payload.</summary>
    public readonly PacketBytes Layer4 =>
        Frame.Slice(L4Offset, PayloadOffset + PayloadLength - L4Offset);
}

/// <summary>Findings of the parser that are not errors.</summary>
[Flags]
public enum PacketFlags : ushort
{
    None = 0,

    /// <summary>A fragment of a larger datagram, not the whole of it.</summary>
    Fragment = 1,

    /// <summary>Rebuilt from fragments.</summary>
    Reassembled = 2,

    /// <summary>The capture holds less of the frame than was on the wire.</summary>
    Truncated = 4,

    /// <summary>The layer 4 header could not be read; ports are 0.</summary>
    NoLayer4 = 8,

    /// <summary>Comes from an ICMP error's quoted header: never a TCP packet of its own.</summary>
    Quoted = 16,

    /// <summary>Found in a tunnel that is a flow of its own: any but IP in IP.</summary>
    Tunneled = 32,
}
