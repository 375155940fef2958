namespace Dataplane.Inspection.Rules;

/// <summary>Where and how byte_test, byte_jump, byte_extract and byte_math read their number.</summary>
/// <remarks>Count 0 is a byte_jump without number. Offset counts from the buffer's start, or from the last
/// match if the option is relative. TextRadix 0: binary; else text to base 8, 10 or 16.</remarks>
public readonly record struct ByteSource(
    Operand Count, Operand Offset, bool LittleEndian, int TextRadix, uint BitMask);
