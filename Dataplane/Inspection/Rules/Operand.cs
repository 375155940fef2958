namespace Dataplane.Inspection.Rules;

/// <summary>A number written in the rule, or the index of a variable that byte_extract or byte_math
/// sets.</summary>
public readonly record struct Operand(long Value, short Variable)
{
    public bool IsVariable => Variable >= 0;

    public static Operand Of(long value) => new(value, -1);

    public long Get(ReadOnlySpan<long> variables) => Variable >= 0 ? variables[Variable] : Value;
}
