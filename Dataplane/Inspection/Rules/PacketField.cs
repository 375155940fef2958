namespace Dataplane.Inspection.Rules;

/// <summary>A number of a packet's headers, or of its flow, that a keyword can test.</summary>
public enum PacketField : byte
{
    PayloadSize,
    TimeToLive,
    TypeOfService,
    IpIdentification,
    FragmentOffset,
    TcpSequence,
    TcpAcknowledgement,
    TcpWindow,
    TcpMaximumSegment,
    IcmpType,
    IcmpCode,
    IcmpIdentifier,
    IcmpSequence,
    Icmp6Mtu,
    FlowAgeSeconds,
    FlowPacketsToClient,
    FlowPacketsToServer,
    FlowBytesToClient,
    FlowBytesToServer,
}
