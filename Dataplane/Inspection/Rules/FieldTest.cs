namespace Dataplane.Inspection.Rules;

/// <summary>Compares one number of the packet (dsize, ttl, itype, seq, flow.age and their like).</summary>
public sealed record FieldTest(PacketField Field, NumberTest Test) : PacketTest;
