namespace Dataplane.Events;

/// <summary>EVENT: the root.</summary>
[Event("EVENT")]
public readonly record struct AnyEvent : IEvent;

/// <summary>EVENT/PKT: a packet. Offsets are bytes from the frame's start.</summary>
[Event("PKT", Parent = typeof(AnyEvent))]
public readonly record struct PacketEvent(
    ushort Length, byte Port, byte Queue, byte L3Offset, byte L4Offset, byte Why, byte Aux) : IEvent;

/// <summary>EVENT/PKT/IN: first touch, before flow look-up.</summary>
[Event("IN", Parent = typeof(PacketEvent))]
public readonly record struct PacketIn(PacketEvent Packet) : IEvent;

/// <summary>EVENT/PKT/IN/RAW: a frame without a flow of its own (neither IPv4 nor IPv6), in the chain of its
/// port.</summary>
[Event("RAW", Parent = typeof(PacketIn))]
public readonly record struct RawPacket(PacketIn In) : IEvent;

/// <summary>EVENT/PKT/OUT: a packet leaves by a port.</summary>
[Event("OUT", Parent = typeof(PacketEvent))]
public readonly record struct PacketOut(PacketEvent Packet, ushort OutPort, byte Verdict) : IEvent;

/// <summary>EVENT/PKT/DROP: a packet goes no further; Reason is a DropReason.</summary>
[Event("DROP", Parent = typeof(PacketEvent))]
public readonly record struct PacketDrop(PacketEvent Packet, byte Reason, ushort ByNf) : IEvent;

/// <summary>EVENT/PKT/ETH: a frame without IP, or any frame's layer 2.</summary>
[Event("ETH", Parent = typeof(PacketEvent))]
public readonly record struct EthernetPacket(PacketEvent Packet, ushort Vlan, ushort EtherType) : IEvent;

/// <summary>EVENT/PKT/ETH/ARP.</summary>
[Event("ARP", Parent = typeof(EthernetPacket))]
public readonly record struct ArpPacket(EthernetPacket Ethernet) : IEvent;

/// <summary>EVENT/PKT/IP: an IP packet that is not TCP.</summary>
[Event("IP", Parent = typeof(PacketEvent))]
public readonly record struct IpPacket(
    PacketEvent Packet, byte Protocol, byte Ttl, byte TypeOfService, byte Version) : IEvent;

/// <summary>EVENT/PKT/IP/FRAG: offset in bytes.</summary>
[Event("FRAG", Parent = typeof(IpPacket))]
public readonly record struct IpFragment(IpPacket Ip, ushort FragmentOffset, byte More) : IEvent;

/// <summary>EVENT/PKT/IP/FRAG/OVERLAP.</summary>
[Event("OVERLAP", Parent = typeof(IpFragment))]
public readonly record struct FragmentOverlap(IpFragment Fragment) : IEvent;

/// <summary>EVENT/PKT/IP/FRAG/TIMEOUT.</summary>
[Event("TIMEOUT", Parent = typeof(IpFragment))]
public readonly record struct FragmentTimeout(IpFragment Fragment) : IEvent;

/// <summary>EVENT/PKT/IP/FRAG/REASSEMBLED.</summary>
[Event("REASSEMBLED", Parent = typeof(IpFragment))]
public readonly record struct FragmentReassembled(IpFragment Fragment) : IEvent;

/// <summary>EVENT/PKT/IP/ICMP: ICMP or ICMPv6.</summary>
[Event("ICMP", Parent = typeof(IpPacket))]
public readonly record struct IcmpPacket(IpPacket Ip, byte Type, byte Code) : IEvent;

/// <summary>EVENT/PKT/IP/ICMP/ERROR: about a flow of ours, or <c>uint.MaxValue</c>.</summary>
[Event("ERROR", Parent = typeof(IcmpPacket))]
public readonly record struct IcmpError(IcmpPacket Icmp, uint AboutFlow, ushort NextHopMtu) : IEvent;

/// <summary>EVENT/PKT/IP/BAD: Packet.Why is a DropReason.</summary>
[Event("BAD", Parent = typeof(IpPacket))]
public readonly record struct BadIpPacket(IpPacket Ip) : IEvent;

/// <summary>EVENT/PKT/IP/UDP.</summary>
[Event("UDP", Parent = typeof(IpPacket))]
public readonly record struct UdpPacket(
    IpPacket Ip, ushort SourcePort, ushort DestinationPort, ushort PayloadLength) : IEvent;
