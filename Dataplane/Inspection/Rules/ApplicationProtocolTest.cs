namespace Dataplane.Inspection.Rules;

/// <summary>`app-layer-protocol`: what the flow was found to speak; "failed" and "unknown" are names,
/// too.</summary>
public sealed record ApplicationProtocolTest(string Application, bool Negated) : PacketTest
{
    /// <summary>Bits of the protocols meant.</summary>
    public ulong Mask { get; } = Applications.Mask(Application);
}
