namespace Dataplane.Inspection.Rules;

/// <summary>`sameip`: source and destination are the same address.</summary>
public sealed record SameAddressTest : PacketTest;
