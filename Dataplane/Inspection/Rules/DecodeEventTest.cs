namespace Dataplane.Inspection.Rules;

/// <summary>`decode-event`: what is wrong with a packet's headers.</summary>
public sealed record DecodeEventTest(DecodeFinding Finding) : PacketTest;
