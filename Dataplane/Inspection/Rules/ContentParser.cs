namespace Dataplane.Inspection.Rules;

/// <summary>Turns the text of a content into bytes: `|..|` holds hex, backslash escapes ; : " and
/// itself.</summary>
internal static class ContentParser
{
    public const int PatternMax = 255 * 256;

    public static byte[] Parse(string keyword, string text)
    {
        var bytes = new List<byte>(text.Length);
        bool hex = false;
        int high = -1;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '|')
            {
                if (hex && high >= 0)
                {
                    throw new RuleSyntaxException(keyword, "A hex block has an odd number of digits.");
                }
                hex = !hex;
            }
            else if (hex)
            {
                high = AddHexDigit(keyword, bytes, c, high);
            }
            else
            {
                i += AddCharacter(keyword, bytes, text, i);
            }
        }
        if (hex)
        {
            throw new RuleSyntaxException(keyword, "A hex block is not closed.");
        }
        if (bytes.Count is 0 or > PatternMax)
        {
            throw new RuleSyntaxException(keyword, $"A pattern has 1 to {PatternMax} bytes.");
        }
        return [.. bytes];
    }

    private static int AddHexDigit(string keyword, List<byte> bytes, char c, int high)
    {
        if (c == ' ')
        {
            return high;
        }
        if (!char.IsAsciiHexDigit(c))
        {
            throw new RuleSyntaxException(keyword, "A hex block may hold hex digits and blanks only.");
        }
        int digit = Convert.ToInt32(c.ToString(), 16);
        if (high < 0)
        {
            return digit;
        }
        bytes.Add((byte)((high << 4) | digit));
        return -1;
    }

    /// <summary>Returns how many characters more than one were used.</summary>
    private static int AddCharacter(string keyword, List<byte> bytes, string text, int at)
    {
        char c = text[at];
        if (c == '\\')
        {
            char next = at + 1 < text.Length ? text[at + 1] : '\0';
            if (next is not (':' or ';' or '\\' or '"'))
            {
                throw new RuleSyntaxException(keyword, "A backslash may stand before : ; \\ and \" only.");
            }
            bytes.Add((byte)next);
            return 1;
        }
        if (c == '"')
        {
            throw new RuleSyntaxException(keyword, "A double quote inside a pattern needs a backslash.");
        }
        bytes.Add((byte)c);
        return 0;
    }
}
