namespace Dataplane.Inspection.Compile;

/// <summary>Comparison and search of bytes without regard to the case of ASCII letters.</summary>
public static class AsciiCase
{
    public static void ToLower(Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = Lower(bytes[i]);
        }
    }

    public static byte Lower(byte value) => (uint)(value - 'A') <= 'Z' - 'A' ? (byte)(value | 0x20) : value;

    /// <summary>True when <paramref name="bytes"/> begin with a pattern that is in lower case.</summary>
    public static bool StartsWith(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> lower)
    {
        if (bytes.Length < lower.Length)
        {
            return false;
        }
        for (int i = 0; i < lower.Length; i++)
        {
            if (Lower(bytes[i]) != lower[i])
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>First place of a pattern that is in lower case, or -1.</summary>
    public static int IndexOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> lower)
    {
        byte first = lower[0];
        byte other = (uint)(first - 'a') <= 'z' - 'a' ? (byte)(first & ~0x20) : first;
        int at = 0;
        while (bytes.Length - at >= lower.Length)
        {
            int found = bytes[at..].IndexOfAny(first, other);
            if (found < 0)
            {
                return -1;
            }
            at += found;
            if (StartsWith(bytes[at..], lower))
            {
                return at;
            }
            at++;
        }
        return -1;
    }
}
