namespace Dataplane.Inspection.Rules;

/// <summary>`ip_proto`: the IP protocol number.</summary>
public sealed record IpProtocolTest(NumberTest Test) : PacketTest;
