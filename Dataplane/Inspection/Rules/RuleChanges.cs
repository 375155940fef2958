using System.Text.RegularExpressions;

namespace Dataplane.Inspection.Rules;

/// <summary>suricata-update's `disable.conf`, `enable.conf`, `drop.conf` and `modify.conf`: which rules load,
/// which of them drop, and what is changed in their text.</summary>
/// <remarks>A line names a sid, a gid:sid, `group:FILE`, `re:EXPRESSION` over the rule's text, or
/// `filename:GLOB`; a modify line has what to look for and what to put in its place behind it.</remarks>
public sealed class RuleChanges
{
    public const int LineMax = 65_536;
    private static readonly TimeSpan ExpressionTime = TimeSpan.FromMilliseconds(50);

    private readonly List<Matcher> _disabled = [];
    private readonly List<Matcher> _enabled = [];
    private readonly List<Matcher> _dropped = [];
    private readonly List<(Matcher Which, Regex From, string To)> _modified = [];

    /// <summary>True for a file that these changes are read from.</summary>
    public static bool IsNamed(string path) =>
        Path.GetFileName(path) is "disable.conf" or "enable.conf" or "drop.conf" or "modify.conf";

    public bool IsEmpty => _disabled.Count + _enabled.Count + _dropped.Count + _modified.Count == 0;

    /// <summary>Returns the lines that could not be read.</summary>
    /// <param name="kind">disable, enable, drop or modify.</param>
    /// <param name="name">The file's name in messages.</param>
    /// <param name="lines">Its lines.</param>
    public IReadOnlyList<RejectedRule> Read(string kind, string name, IEnumerable<string> lines)
    {
        var rejected = new List<RejectedRule>();
        int number = 0;
        foreach (string line in lines.Take(LineMax))
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }
            try
            {
                Take(kind, text);
            }
            catch (Exception fault) when (fault is RuleSyntaxException or ArgumentException)
            {
                rejected.Add(new RejectedRule(name, number, 0, kind, fault.Message));
            }
        }
        return rejected;
    }

    /// <summary>The rule's text as it is to be read, or null when it is not to be loaded.</summary>
    /// <param name="file">File of the rule.</param>
    /// <param name="text">The rule, without a comment mark.</param>
    /// <param name="isComment">True when the mark stands before it.</param>
    public string? Apply(string file, string text, bool isComment)
    {
        if (IsEmpty)
        {
            return isComment ? null : text;
        }
        uint sid = RuleParser.FindSid(text);
        bool Any(List<Matcher> list) => list.Exists(m => m.Fits(file, text, sid));
        bool loads = !isComment && !Any(_disabled);
        if (!loads && !Any(_enabled))
        {
            return null;
        }
        string changed = text;
        foreach ((Matcher which, Regex from, string to) in _modified)
        {
            changed = which.Fits(file, text, sid) ? Replace(from, changed, to) : changed;
        }
        bool drops = Any(_dropped) && changed.StartsWith("alert ", StringComparison.Ordinal)
            && !changed.Contains("noalert;", StringComparison.Ordinal);
        return drops ? "drop " + changed["alert ".Length..] : changed;
    }

    private static string Replace(Regex from, string text, string to)
    {
        try
        {
            return from.Replace(text, to);
        }
        catch (RegexMatchTimeoutException)
        {
            return text;
        }
    }

    private void Take(string kind, string text)
    {
        if (kind == "modify")
        {
            TakeModify(text);
            return;
        }
        List<Matcher> list = kind switch
        {
            "disable" => _disabled,
            "enable" => _enabled,
            _ => _dropped,
        };
        if (text.StartsWith("re:", StringComparison.Ordinal))
        {
            list.Add(Matcher.Parse(text));
            return;
        }
        foreach (string part in text.Split('#')[0].Split(',', StringSplitOptions.TrimEntries))
        {
            list.Add(Matcher.Parse(part));
        }
    }

    /// <summary>`WHICH "FROM" "TO"`; groups are named by a backslash and their number.</summary>
    private void TakeModify(string text)
    {
        Match parts = ModifyLine.Match(text);
        if (!parts.Success)
        {
            throw new RuleSyntaxException("modify", "A line has the form: which \"from\" \"to\".");
        }
        string to = BackReference.Replace(parts.Groups["to"].Value, "${$1}");
        _modified.Add((
            Matcher.Parse(parts.Groups["which"].Value),
            new Regex(parts.Groups["from"].Value, RegexOptions.CultureInvariant, ExpressionTime), to));
    }

    private static readonly Regex ModifyLine = new(
        "^(?<which>\\S+)\\s+\"(?<from>[^\"]*)\"\\s+\"(?<to>[^\"]*)\"", RegexOptions.CultureInvariant,
        ExpressionTime);

    private static readonly Regex BackReference = new(
        "\\\\(\\d)", RegexOptions.CultureInvariant, ExpressionTime);

    private sealed class Matcher
    {
        private Regex? _expression;
        private string? _glob;
        private uint _sid;

        public static Matcher Parse(string text)
        {
            if (text == "*")
            {
                return new Matcher { _glob = "*" };
            }
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            string kind = colon < 0 ? "" : text[..colon];
            string rest = text[(colon + 1)..].Trim();
            return kind switch
            {
                "re" => new Matcher
                {
                    _expression = new Regex(
                        rest, RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, ExpressionTime),
                },
                "group" => new Matcher { _glob = Path.HasExtension(rest) ? rest : rest + ".rules" },
                "filename" => new Matcher { _glob = rest },
                _ => new Matcher { _sid = (uint)OptionText.Integer("sid", rest, 1, uint.MaxValue) },
            };
        }

        public bool Fits(string file, string text, uint sid)
        {
            if (_expression is not null)
            {
                return Matches(text);
            }
            return _glob is null ? sid == _sid
                : System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(
                    _glob, _glob.Contains('/', StringComparison.Ordinal) ? file : Path.GetFileName(file));
        }

        private bool Matches(string text)
        {
            try
            {
                return _expression!.IsMatch(text);
            }
            catch (RegexMatchTimeoutException)
            {
                return false;
            }
        }
    }
}
