namespace Dataplane.Inspection.Rules;

/// <summary>`byte_math`: keeps the outcome of one operation on a number of the buffer in a
/// variable.</summary>
public sealed class ByteMathOption(ByteSource source, ByteOperator op, Operand right, short variable)
    : PayloadOption
{
    public ByteSource Source { get; } = source;

    public ByteOperator Operator { get; } = op;

    public Operand Right { get; } = right;

    public short Variable { get; } = variable;
}
