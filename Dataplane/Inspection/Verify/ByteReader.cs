using System.Buffers.Binary;
using System.Numerics;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Verify;

/// <summary>Reads the number that byte_test and its like name, with Suricata's rules for what fits.</summary>
internal static class ByteReader
{
    private const int TextMax = 23;

    /// <summary>False when the bytes are not all there or, as text, are no number.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> buffer, int from, bool relative, in ByteSource source,
        ReadOnlySpan<long> variables, out long value, out int start, out int end)
    {
        value = 0;
        long at = (relative ? from : 0) + source.Offset.Get(variables);
        long count = source.Count.Get(variables);
        start = (int)Math.Clamp(at, int.MinValue, int.MaxValue);
        end = start;
        if (at < 0 || at > buffer.Length || count < 0 || count > buffer.Length - at)
        {
            return false;
        }
        ReadOnlySpan<byte> bytes = buffer.Slice((int)at, (int)count);
        if (source.TextRadix != 0)
        {
            bool isNumber = TryReadText(bytes, source.TextRadix, out value, out int used);
            end = start + used;
            return isNumber;
        }
        end = start + (int)count;
        return TryReadBinary(bytes, source, out value);
    }

    private static bool TryReadBinary(ReadOnlySpan<byte> bytes, in ByteSource source, out long value)
    {
        value = 0;
        if (bytes.Length > 8)
        {
            return false;
        }
        Span<byte> wide = stackalloc byte[8];
        wide.Clear();
        if (source.LittleEndian)
        {
            bytes.CopyTo(wide);
            value = (long)BinaryPrimitives.ReadUInt64LittleEndian(wide);
        }
        else
        {
            bytes.CopyTo(wide[(8 - bytes.Length)..]);
            value = (long)BinaryPrimitives.ReadUInt64BigEndian(wide);
        }
        if (source.BitMask != 0)
        {
            value = (value & source.BitMask) >> BitOperations.TrailingZeroCount(source.BitMask);
        }
        return true;
    }

    /// <summary>As strtoull: leading blanks, a sign, for hex an optional 0x; at least one digit.</summary>
    private static bool TryReadText(ReadOnlySpan<byte> bytes, int radix, out long value, out int used)
    {
        value = 0;
        used = 0;
        if (bytes.Length > TextMax)
        {
            return false;
        }
        int at = 0;
        while (at < bytes.Length && (bytes[at] == ' ' || (bytes[at] >= '\t' && bytes[at] <= '\r')))
        {
            at++;
        }
        bool negative = at < bytes.Length && bytes[at] == '-';
        at += at < bytes.Length && bytes[at] is (byte)'-' or (byte)'+' ? 1 : 0;
        if (radix == 16 && at + 2 < bytes.Length && bytes[at] == '0' && (bytes[at + 1] | 0x20) == 'x'
            && Digit(bytes[at + 2]) < 16)
        {
            at += 2;
        }
        int first = at;
        ulong number = 0;
        while (at < bytes.Length && Digit(bytes[at]) < radix)
        {
            number = unchecked((number * (ulong)radix) + (ulong)Digit(bytes[at]));
            at++;
        }
        value = negative ? -(long)number : (long)number;
        used = at;
        return at > first;
    }

    private static int Digit(byte value) => value switch
    {
        >= (byte)'0' and <= (byte)'9' => value - '0',
        >= (byte)'a' and <= (byte)'f' => value - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => value - 'A' + 10,
        _ => 99,
    };
}
