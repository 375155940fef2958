namespace Dataplane.Inspection.Rules;

/// <summary>`stream-event`: something odd about the connection that came to light with this
/// packet.</summary>
public sealed record StreamEventTest(StreamFinding Finding) : PacketTest;
