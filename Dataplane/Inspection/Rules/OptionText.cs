using System.Globalization;
using System.Text;

namespace Dataplane.Inspection.Rules;

/// <summary>Reads the small texts behind a keyword's colon.</summary>
internal static class OptionText
{
    public static string Required(string keyword, string? value) =>
        string.IsNullOrWhiteSpace(value)
            ? throw new RuleSyntaxException(keyword, $"{keyword} needs a value.")
            : value.Trim();

    public static void None(string keyword, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            throw new RuleSyntaxException(keyword, $"{keyword} takes no value.");
        }
    }

    public static string[] List(string text) => text.Split(',', StringSplitOptions.TrimEntries);

    public static long Integer(string keyword, string text, long smallest, long largest)
    {
        string trimmed = text.Trim();
        bool negative = trimmed.StartsWith('-');
        string digits = negative ? trimmed[1..] : trimmed.TrimStart('+');
        bool hex = digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        bool ok = hex
            ? long.TryParse(
            digits[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long value)
            : long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        value = negative ? -value : value;
        return ok && value >= smallest && value <= largest ? value
            : throw new RuleSyntaxException(
                keyword, $"'{GroupText.Cut(text)}' is not a number from {smallest} to {largest}.");
    }

    public static uint Unsigned(string keyword, string text) =>
        (uint)Integer(keyword, text, 0, uint.MaxValue);

    /// <summary>Takes a leading '!' off.</summary>
    public static bool TakeNegation(ref string text)
    {
        string trimmed = text.Trim();
        bool negated = trimmed.StartsWith('!');
        text = negated ? trimmed[1..].Trim() : trimmed;
        return negated;
    }

    public static string Unquote(string keyword, string text, bool required)
    {
        string trimmed = text.Trim();
        if (trimmed.Length >= 2 && trimmed[0] == '"' && trimmed[^1] == '"')
        {
            return trimmed[1..^1];
        }
        bool torn = trimmed.StartsWith('"') || trimmed.EndsWith('"');
        return required || torn
            ? throw new RuleSyntaxException(keyword, $"The value of {keyword} must stand in double quotes.")
            : trimmed;
    }

    /// <summary>Rule files are read byte for byte as Latin-1, so each character is one byte.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>The text as people read it: bytes of the file taken as UTF-8.</summary>
    public static string Readable(string text) => Encoding.UTF8.GetString(Bytes(text));
}
