namespace Dataplane.Events;

/// <summary>Cuts a predicate's text into words, numbers and signs, each with its column from 1.</summary>
internal static class PredicateTokens
{
    private static readonly string[] Signs =
        ["&&", "||", "==", "!=", "<=", ">=", "..", "=", "<", ">", "!", "&", "(", ")", "{", "}", ","];

    /// <summary>The tokens; a character that begins none is a fault.</summary>
    public static List<(string Text, int Column)> Split(string text)
    {
        var tokens = new List<(string, int)>();
        for (int i = 0; i < text.Length;)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            string token = Next(text, i);
            tokens.Add((token, i + 1));
            i += token.Length;
        }

        return tokens;
    }

    /// <summary>True for what can name a field.</summary>
    public static bool IsWord(string token) =>
        token.Length > 0 && char.IsAsciiLetter(token[0]) && token is not ("and" or "or" or "not" or "in");

    private static string Next(string text, int start)
    {
        if (Array.Find(Signs, sign => text.AsSpan(start).StartsWith(sign)) is { } sign)
        {
            return sign;
        }

        int end = start + (text[start] == '-' ? 1 : 0);
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-'))
        {
            end++;
        }

        return end > start ? text[start..end]
            : throw new FormatException($"Column {start + 1}: '{text[start]}' does not belong here.");
    }
}
