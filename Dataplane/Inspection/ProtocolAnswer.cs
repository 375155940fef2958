namespace Dataplane.Inspection;

/// <summary>What is known of a flow's protocol: nDPI's numbers, 0 for unknown. Bit n of Risks is risk
/// n.</summary>
public readonly record struct ProtocolAnswer(
    ushort Master, ushort App, ushort Category, byte Confidence, ulong Risks)
{
    public bool IsUnknown => Master == 0 && App == 0;
}
