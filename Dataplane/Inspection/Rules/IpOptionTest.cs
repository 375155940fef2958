namespace Dataplane.Inspection.Rules;

/// <summary>`ipopts`: an IPv4 option by its number; -1: any option at all.</summary>
public sealed record IpOptionTest(int Option) : PacketTest;
