namespace Dataplane.Inspection.Rules;

/// <summary>`byte_test`: compares a number in the buffer with a value.</summary>
public sealed class ByteTestOption(ByteSource source, ByteOperator op, bool negated, Operand value)
    : PayloadOption
{
    public ByteSource Source { get; } = source;

    public ByteOperator Operator { get; } = op;

    public bool Negated { get; } = negated;

    public Operand Value { get; } = value;
}
