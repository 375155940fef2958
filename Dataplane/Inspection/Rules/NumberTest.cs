using System.Globalization;

namespace Dataplane.Inspection.Rules;

/// <summary>How a <see cref="NumberTest"/> compares.</summary>
public enum NumberComparison : byte
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Between,
    NotBetween,
}

/// <summary>A comparison such as `&gt;5`, `!3` or `2&lt;&gt;8`; both ends of a range are excluded, as in
/// Suricata.</summary>
public readonly record struct NumberTest(NumberComparison Comparison, ulong First, ulong Second)
{
    public bool Holds(ulong value) => Comparison switch
    {
        NumberComparison.Equal => value == First,
        NumberComparison.NotEqual => value != First,
        NumberComparison.Less => value < First,
        NumberComparison.LessOrEqual => value <= First,
        NumberComparison.Greater => value > First,
        NumberComparison.GreaterOrEqual => value >= First,
        NumberComparison.Between => value > First && value < Second,
        _ => value <= First || value >= Second,
    };

    public static NumberTest Parse(string keyword, string text, ulong largest)
    {
        string rest = text.Trim();
        if (Prefixed(rest) is { } found)
        {
            ulong value = Number(keyword, rest[found.Length..].Trim(), largest);
            bool never = (found.Comparison == NumberComparison.Less && value == 0)
                || (found.Comparison == NumberComparison.Greater && value == largest);
            return never ? throw new RuleSyntaxException(keyword, $"'{rest}' can never hold.")
                : new NumberTest(found.Comparison, value, 0);
        }
        bool negated = rest.StartsWith('!');
        rest = negated ? rest[1..].TrimStart(' ', '=') : rest.TrimStart('=');
        int split = Separator(rest, out int width);
        if (split <= 0)
        {
            ulong single = Number(keyword, rest.Trim(), largest);
            return new NumberTest(negated ? NumberComparison.NotEqual : NumberComparison.Equal, single, 0);
        }
        ulong from = Number(keyword, rest[..split].Trim(), largest);
        ulong to = Number(keyword, rest[(split + width)..].Trim(), largest);
        if (to <= from || to - from <= 1)
        {
            throw new RuleSyntaxException(keyword, $"The range '{GroupText.Cut(text)}' holds no number.");
        }
        return new NumberTest(negated ? NumberComparison.NotBetween : NumberComparison.Between, from, to);
    }

    private static (NumberComparison Comparison, int Length)? Prefixed(string text) => text switch
    {
        ['>', '=', ..] => (NumberComparison.GreaterOrEqual, 2),
        ['<', '=', ..] => (NumberComparison.LessOrEqual, 2),
        ['>', ..] => (NumberComparison.Greater, 1),
        ['<', ..] => (NumberComparison.Less, 1),
        _ => null,
    };

    private static int Separator(string text, out int width)
    {
        int angle = text.IndexOf("<>", StringComparison.Ordinal);
        width = angle > 0 ? 2 : 1;
        return angle > 0 ? angle : text.IndexOf('-', StringComparison.Ordinal);
    }

    private static ulong Number(string keyword, string text, ulong largest)
    {
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        ulong factor = 1;
        string digits = hex ? text[2..] : WithoutUnit(text, out factor);
        NumberStyles style = hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None;
        bool ok = ulong.TryParse(digits, style, CultureInfo.InvariantCulture, out ulong value);
        if (!ok || value > largest / factor)
        {
            throw new RuleSyntaxException(
                keyword, $"'{GroupText.Cut(text)}' is not a number up to {largest}.");
        }
        return value * factor;
    }

    private static string WithoutUnit(string text, out ulong factor)
    {
        string lower = text.ToLowerInvariant();
        foreach (
            (string unit, ulong size) in new[] { ("kib", 1UL << 10), ("mib", 1UL << 20), ("gib", 1UL << 30) })
        {
            string shortUnit = unit[..1] + "b";
            string? ending = lower.EndsWith(unit, StringComparison.Ordinal) ? unit
                : lower.EndsWith(shortUnit, StringComparison.Ordinal) ? shortUnit : null;
            if (ending is not null)
            {
                factor = size;
                return text[..^ending.Length].Trim();
            }
        }
        factor = 1;
        return text;
    }
}
