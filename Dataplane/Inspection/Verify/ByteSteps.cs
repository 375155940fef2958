using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>What byte_test, byte_jump, byte_extract and byte_math do with the number they read.</summary>
internal static class ByteSteps
{
    private const int AlignBytes = 4;

    public static bool Test(ReadOnlySpan<byte> buffer, int position, ByteTestOption option, long[] variables)
    {
        if (!ByteReader.TryRead(
            buffer, position, option.Relative, option.Source, variables, out long signed, out _, out _))
        {
            return false;
        }
        ulong value = (ulong)signed;
        ulong right = (ulong)option.Value.Get(variables);
        bool holds = option.Operator switch
        {
            ByteOperator.Equal => value == right,
            ByteOperator.Less => value < right,
            ByteOperator.LessOrEqual => value <= right,
            ByteOperator.Greater => value > right,
            ByteOperator.GreaterOrEqual => value >= right,
            ByteOperator.And => (value & right) != 0,
            _ => (value ^ right) != 0,
        };
        return holds != option.Negated;
    }

    /// <summary>A jump before the buffer's start lands on its start; one behind its end fails.</summary>
    public static bool Jump(
        ReadOnlySpan<byte> buffer, ref int position, ByteJumpOption option, long[] variables)
    {
        if (!TryReadForJump(buffer, position, option, variables, out long value, out int end))
        {
            return false;
        }
        value = unchecked(value * option.Multiplier);
        if (option.Align && value % AlignBytes != 0)
        {
            value += AlignBytes - (value % AlignBytes);
        }
        value = unchecked(value + option.PostOffset.Get(variables));
        long origin = option.Origin switch
        {
            JumpOrigin.BufferStart => 0,
            JumpOrigin.BufferEnd => buffer.Length,
            _ => end,
        };
        long target = unchecked(origin + value);
        if (target > buffer.Length)
        {
            return false;
        }
        position = (int)Math.Max(0, target);
        return true;
    }

    private static bool TryReadForJump(
        ReadOnlySpan<byte> buffer, int position, ByteJumpOption option, long[] variables, out long value,
        out int end)
    {
        bool nothingToRead = option.Source.Count is { IsVariable: false, Value: 0 };
        if (!nothingToRead)
        {
            return ByteReader.TryRead(
                buffer, position, option.Relative, option.Source, variables, out value, out _, out end);
        }
        value = 0;
        long at = (option.Relative ? position : 0) + option.Source.Offset.Get(variables);
        end = (int)Math.Clamp(at, 0, int.MaxValue);
        return at >= 0 && at <= buffer.Length;
    }

    public static bool Extract(
        ReadOnlySpan<byte> buffer, ref int position, ByteExtractOption option, long[] variables)
    {
        if (!ByteReader.TryRead(
            buffer, position, option.Relative, option.Source, variables, out long value, out _, out int end))
        {
            return false;
        }
        value = unchecked(value * option.Multiplier);
        if (option.Align != 0 && value % option.Align != 0)
        {
            value += option.Align - (value % option.Align);
        }
        variables[option.Variable] = value;
        position = end;
        return true;
    }

    public static bool Calculate(
        ReadOnlySpan<byte> buffer, ref int position, ByteMathOption option, long[] variables)
    {
        if (!ByteReader.TryRead(
            buffer, position, option.Relative, option.Source, variables, out long value, out _, out int end))
        {
            return false;
        }
        long right = option.Right.Get(variables);
        if (option.Operator == ByteOperator.Divide && right == 0)
        {
            return false;
        }
        ulong left = (ulong)value;
        variables[option.Variable] = (long)unchecked(option.Operator switch
        {
            ByteOperator.Add => left + (ulong)right,
            ByteOperator.Subtract => left - (ulong)right,
            ByteOperator.Multiply => left * (ulong)right,
            ByteOperator.Divide => left / (ulong)right,
            ByteOperator.ShiftLeft => right < 64 ? left << (int)right : 0,
            _ => right < 64 ? left >> (int)right : 0,
        });
        position = end;
        return true;
    }
}
