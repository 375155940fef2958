namespace Dataplane.Stacks.Applications;

/// <summary>Takes DER values (X.690) off the front of bytes; every length is checked.</summary>
internal static class DerReader
{
    /// <summary>The next value; false at the end or when its length does not fit.</summary>
    public static bool TryTake(
        scoped ref ReadOnlySpan<byte> bytes, out byte tag, out ReadOnlySpan<byte> value)
    {
        tag = 0;
        value = default;
        if (bytes.Length < 2)
        {
            return false;
        }
        int length = bytes[1];
        int header = 2;
        if (length >= 0x80)
        {
            int count = length & 0x7F;
            if (count is 0 or > 3 || bytes.Length < 2 + count)
            {
                return false;
            }
            length = 0;
            for (int i = 0; i < count; i++)
            {
                length = (length << 8) | bytes[2 + i];
            }
            header += count;
        }
        if (header + length > bytes.Length)
        {
            return false;
        }
        tag = bytes[0];
        value = bytes.Slice(header, length);
        bytes = bytes[(header + length)..];
        return true;
    }

    /// <summary>Puts the next value's content in the place of the bytes.</summary>
    public static bool TryEnter(scoped ref ReadOnlySpan<byte> bytes)
    {
        if (!TryTake(ref bytes, out _, out ReadOnlySpan<byte> value))
        {
            return false;
        }
        bytes = value;
        return true;
    }
}
