namespace Dataplane.Inspection.Rules;

/// <summary>`pcre`: an expression with Perl's flags; relative with R.</summary>
public sealed class PcreOption(byte[] expression, PcreFlags flags, bool negated) : PayloadOption
{
    public ReadOnlyMemory<byte> Expression { get; } = expression;

    public PcreFlags Flags { get; } = flags;

    public bool Negated { get; } = negated;
}
