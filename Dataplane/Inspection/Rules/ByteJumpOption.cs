namespace Dataplane.Inspection.Rules;

/// <summary>`byte_jump`: moves the place of relative matching by a number in the buffer.</summary>
public sealed class ByteJumpOption(
    ByteSource source, uint multiplier, bool align, JumpOrigin origin, Operand postOffset) : PayloadOption
{
    public ByteSource Source { get; } = source;

    public uint Multiplier { get; } = multiplier;

    public bool Align { get; } = align;

    public JumpOrigin Origin { get; } = origin;

    public Operand PostOffset { get; } = postOffset;
}
