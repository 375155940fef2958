namespace Dataplane.Inspection.Rules;

/// <summary>Operators of byte_test (comparisons) and byte_math (arithmetic).</summary>
public enum ByteOperator : byte
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Add,
    Subtract,
    Multiply,
    Divide,
    ShiftLeft,
    ShiftRight,
}
