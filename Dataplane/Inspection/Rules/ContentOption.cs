namespace Dataplane.Inspection.Rules;

/// <summary>`content`: a literal and where it may lie. Absolute limits are offset and depth, relative ones
/// distance and within. <see cref="Depth"/> counts from <see cref="Offset"/>.</summary>
public sealed class ContentOption(byte[] pattern, bool negated) : PayloadOption
{
    public ReadOnlyMemory<byte> Pattern { get; } = pattern;

    public bool Negated { get; } = negated;

    public bool NoCase { get; internal set; }

    public Operand? Offset { get; internal set; }

    public Operand? Depth { get; internal set; }

    public Operand? Distance { get; internal set; }

    public Operand? Within { get; internal set; }

    public bool StartsWith { get; internal set; }

    public bool EndsWith { get; internal set; }

    public bool RawBytes { get; internal set; }

    public bool FastPattern { get; internal set; }

    public bool FastPatternOnly { get; internal set; }

    public int FastPatternOffset { get; internal set; }

    /// <summary>Zero: the whole pattern.</summary>
    public int FastPatternLength { get; internal set; }

    public bool HasPosition => Offset is not null || Depth is not null || Distance is not null
        || Within is not null || StartsWith || EndsWith;

    /// <summary>True when the place depends on a variable, which only verification knows.</summary>
    public bool UsesVariable => (Offset?.IsVariable ?? false) || (Depth?.IsVariable ?? false)
        || (Distance?.IsVariable ?? false) || (Within?.IsVariable ?? false);
}
