using System.Globalization;

namespace Dataplane.Inspection.Rules;

/// <summary>`requires`: a rule that asks for another version, feature or keyword is left out.</summary>
internal static class RequiresKeyword
{
    /// <summary>The version of the language that this engine speaks.</summary>
    private static readonly Version Speaks = new(7, 0, 10);

    public static void Register(IDictionary<string, KeywordHandler> table) =>
        table["requires"] = (_, keyword, value) => Check(keyword, OptionText.Required(keyword, value));

    private static void Check(string keyword, string text)
    {
        foreach (string part in OptionText.List(text))
        {
            string[] words = part.Split(' ', 2, StringSplitOptions.TrimEntries);
            bool holds = words switch
            {
                ["version", string versions] => versions.Split('|').Any(v => VersionHolds(keyword, v)),
                ["keyword", string name] => Keywords.Exists(name),
                _ => false,
            };
            if (!holds)
            {
                throw new RuleSyntaxException(
                    keyword, $"The rule asks for '{GroupText.Cut(part)}', which is not given here.");
            }
        }
    }

    /// <summary>Comparisons that must all hold, such as `>= 7.0.3 &lt; 8`.</summary>
    private static bool VersionHolds(string keyword, string text)
    {
        string[] words = text.Replace(">=", " >= ", StringComparison.Ordinal)
            .Replace("<=", " <= ", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool holds = words.Length > 0;
        for (int i = 0; i < words.Length; i++)
        {
            string op = words[i];
            string number = op.TrimStart('<', '>', '=');
            op = op[..^number.Length];
            number = number.Length > 0 ? number : i + 1 < words.Length ? words[++i] : "";
            int order = Speaks.CompareTo(Parse(keyword, number));
            holds &= op switch
            {
                ">=" => order >= 0,
                "<=" => order <= 0,
                ">" => order > 0,
                "<" => order < 0,
                _ => throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(text)}' is no comparison."),
            };
        }
        return holds;
    }

    private static Version Parse(string keyword, string text)
    {
        string[] parts = text.Split('.');
        int[] numbers = [0, 0, 0];
        for (int i = 0; i < parts.Length; i++)
        {
            string digits = parts[i].Split('-')[0];
            bool ok = i < numbers.Length && int.TryParse(
                digits, NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]);
            if (!ok)
            {
                throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(text)}' is no version.");
            }
        }
        return new Version(numbers[0], numbers[1], numbers[2]);
    }
}
