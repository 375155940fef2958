using Dataplane.Native.Memory;

namespace Dataplane.Packets;

/// <summary>One frame with what the parser found in it: offsets in bytes from the frame's first byte.</summary>
/// <remarks>
/// Filled by <c>PacketParser</c>, handed on by reference. All numbers are in host byte order.
/// Valid until the worker sends, drops or frees the packet.
/// </remarks>
public struct Packet
{
    /// <summary>The captured bytes of the frame.</summary>
    public PacketBytes Frame;

    /// <summary>Arrival or capture time in nanoseconds since 1970 UTC.</summary>
    public long TimestampNs;

    /// <summary>Number of the buffer in its pool.</summary>
    public uint BufferRef;

    /// <summary>Length of the whole frame on the wire; more than <see cref="Frame"/> where a capture cut it.</summary>
    public uint WireLength;

    /// <summary>Keyed hash of the 5-tuple, equal for both directions.</summary>
    public uint FlowHash;

    /// <summary>TCP sequence number, or 0.</summary>
    public uint Sequence;

    /// <summary>TCP acknowledgment number, or 0.</summary>
    public uint Acknowledgment;

    /// <summary>Offset of the IP header; 0 when there is none.</summary>
    public ushort L3Offset;

    /// <summary>Offset of the TCP, UDP or ICMP header; 0 when there is none.</summary>
    public ushort L4Offset;

    /// <summary>Offset of the first byte behind the layer 4 header.</summary>
    public ushort PayloadOffset;

    /// <summary>Captured bytes of layer 4 payload, padding excluded.</summary>
    public ushort PayloadLength;

    /// <summary>EtherType of the innermost tag.</summary>
    public ushort EtherType;

    /// <summary>Outer VLAN id, 0 when untagged.</summary>
    public ushort Vlan;

    /// <summary>Inner VLAN id of QinQ, else 0.</summary>
    public ushort InnerVlan;

    /// <summary>Source port (host order), ICMP type for ICMP, else 0.</summary>
    public ushort SourcePort;

    /// <summary>Destination port (host order), ICMP code for ICMP, else 0.</summary>
    public ushort DestinationPort;

    /// <summary>TCP window field as sent, unscaled.</summary>
    public ushort Window;

    /// <summary>Layer 4 payload bytes by the IP header's length: more than PayloadLength in cut captures.</summary>
    public ushort WirePayloadLength;

    /// <summary>4, 6, or 0 when the frame carries no IP.</summary>
    public byte IpVersion;

    /// <summary>IP protocol number of layer 4 (extension headers skipped).</summary>
    public byte Protocol;

    /// <summary>The eight TCP flags of octet 13 (CWR ECE URG ACK PSH RST SYN FIN).</summary>
    public byte TcpFlags;

    /// <summary>TTL or hop limit.</summary>
    public byte Ttl;

    /// <summary>Index of the port it came in by.</summary>
    public byte PortIndex;

    /// <summary>How many tunnels this packet was unwrapped from; 0 for a packet as it came from the wire.</summary>
    public byte TunnelDepth;

    /// <summary>What the parser noticed.</summary>
    public PacketFlags Flags;

    /// <summary>Sender, once the flow is known.</summary>
    public Side Sender;

    /// <summary>Link type of the port.</summary>
    public LinkType LinkType;

    /// <summary>Identifies the tunnel (VNI, GRE key, outer protocol hash); 0 outside tunnels.</summary>
    public uint TunnelId;

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
}
