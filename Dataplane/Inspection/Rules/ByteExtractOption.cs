namespace Dataplane.Inspection.Rules;

/// <summary>`byte_extract`: keeps a number of the buffer in a variable of this rule.</summary>
public sealed class ByteExtractOption(ByteSource source, uint multiplier, uint align, short variable)
    : PayloadOption
{
    public ByteSource Source { get; } = source;

    public uint Multiplier { get; } = multiplier;

    /// <summary>0, 2 or 4: the value is rounded up to a multiple.</summary>
    public uint Align { get; } = align;

    public short Variable { get; } = variable;
}
