namespace Dataplane.Inspection.Verify;

/// <summary>Decodes base64 as far as it goes: it ends at the first character that is none.</summary>
internal static class Base64Text
{
    /// <summary>Returns how many bytes were written.</summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> to)
    {
        uint bits = 0;
        int held = 0;
        int length = 0;
        foreach (byte c in text)
        {
            int value = ValueOf(c);
            if (value < 0)
            {
                break;
            }
            bits = (bits << 6) | (uint)value;
            held += 6;
            if (held >= 8)
            {
                held -= 8;
                to[length++] = (byte)(bits >> held);
            }
        }
        return length;
    }

    private static int ValueOf(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
