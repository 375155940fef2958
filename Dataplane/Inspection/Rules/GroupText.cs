namespace Dataplane.Inspection.Rules;

/// <summary>Splits the text of an address or port group: commas at the outer level of brackets.</summary>
internal static class GroupText
{
    public const int DepthMax = 32;
    public const int ItemsMax = 65_536;

    public static List<string> Split(string text, string what)
    {
        var items = new List<string>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (depth < 0)
            {
                throw new RuleSyntaxException(what, $"'{Cut(text)}' closes a bracket that was never opened.");
            }
            if (text[i] == ',' && depth == 0)
            {
                items.Add(text[start..i].Trim());
                start = i + 1;
            }
        }
        if (depth != 0)
        {
            throw new RuleSyntaxException(what, $"'{Cut(text)}' does not close all of its brackets.");
        }
        items.Add(text[start..].Trim());
        return items;
    }

    public static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";

    /// <summary>Takes a leading '!' and one pair of outer brackets off.</summary>
    public static (bool Negated, bool Bracketed, string Inner) Open(string text)
    {
        bool negated = text.StartsWith('!');
        string rest = negated ? text[1..].Trim() : text;
        bool bracketed = rest.Length > 1 && rest[0] == '[' && rest[^1] == ']' && Encloses(rest);
        return (negated, bracketed, bracketed ? rest[1..^1].Trim() : rest);
    }

    private static bool Encloses(string text)
    {
        int depth = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (depth == 0 && i < text.Length - 1)
            {
                return false;
            }
        }
        return depth == 0;
    }
}
