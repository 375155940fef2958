namespace Dataplane.Stacks.Applications;

/// <summary>The Huffman code of HPACK (RFC 7541, appendix B), which is canonical: lengths say it
/// all.</summary>
internal static class HpackHuffman
{
    private const int SymbolCount = 257;
    private const int LengthMax = 30;

    /// <summary>Stands for the end; it may not occur in a text.</summary>
    private const int End = 256;

    private static readonly uint[] First = new uint[LengthMax + 1];
    private static readonly int[] Start = new int[LengthMax + 2];
    private static readonly ushort[] Symbols = Build();

    private static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
        28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
        6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
        7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
        23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
        22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
        23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
        27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
        24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
    ];

    /// <summary>Appends the text; false when the bytes are no such code.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, GrowingBytes text)
    {
        uint code = 0;
        int length = 0;
        foreach (byte one in bytes)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                code = (code << 1) | (uint)((one >> bit) & 1);
                length++;
                uint place = code - First[length];
                if (code >= First[length] && place < (uint)(Start[length + 1] - Start[length]))
                {
                    int symbol = Symbols[Start[length] + (int)place];
                    if (symbol == End || !text.Append((byte)symbol))
                    {
                        return false;
                    }
                    (code, length) = (0, 0);
                }
                else if (length == LengthMax)
                {
                    return false;
                }
            }
        }

        // What is left is the beginning of the end's code, which is all ones.
        return length < 8 && code == (1u << length) - 1;
    }

    private static ushort[] Build()
    {
        ushort[] symbols = [.. Enumerable.Range(0, SymbolCount).Select(s => (ushort)s)
            .OrderBy(s => Lengths[s]).ThenBy(s => s)];
        uint code = 0;
        int at = 0;
        for (int length = 1; length <= LengthMax; length++)
        {
            code <<= 1;
            (First[length], Start[length]) = (code, at);
            while (at < SymbolCount && Lengths[symbols[at]] == length)
            {
                code++;
                at++;
            }
        }
        Start[LengthMax + 1] = at;
        return symbols;
    }
}
