using System.Text;

namespace Dataplane.Inspection.Rules;

/// <summary>Rules that loaded and rules that did not, from one or more files.</summary>
public sealed record LoadedRules(IReadOnlyList<Rule> Rules, IReadOnlyList<RejectedRule> Rejected);

/// <summary>Reads rule files: comments, lines continued by a backslash, any line ending, any bytes.</summary>
public sealed class RuleFile(RuleParser parser, RuleChanges? changes = null)
{
    /// <summary>Longest rule, continued lines included; a longer one is rejected, not stored.</summary>
    public const int RuleLengthMax = 1 << 20;

    private readonly Dictionary<(uint Gid, uint Sid), int> _seen = [];
    private readonly List<Rule?> _rules = [];
    private readonly List<RejectedRule> _rejected = [];
    private readonly StringBuilder _line = new();
    private readonly RuleChanges _changes = changes ?? new RuleChanges();

    public LoadedRules Loaded => new([.. _rules.OfType<Rule>()], [.. _rejected]);

    public void Read(string path)
    {
        using var reader = new StreamReader(path, Encoding.Latin1);
        Read(path, reader);
    }

    /// <summary>Text is taken as Latin-1: each character is one byte of the file.</summary>
    public void Read(string name, TextReader reader)
    {
        var logical = new StringBuilder();
        int line = 0;
        int first = 1;
        while (ReadLine(reader) is { } text)
        {
            line++;
            first = logical.Length == 0 ? line : first;
            string trimmed = text.TrimEnd('\r', ' ', '\t', '\0');
            bool comment = logical.Length == 0 && trimmed.AsSpan().TrimStart() is [] or ['#', ..];
            if (comment && (_changes.IsEmpty || !HidesRule(trimmed)))
            {
                continue;
            }
            bool continues = trimmed.EndsWith('\\');
            logical.Append(continues ? trimmed.AsSpan(0, trimmed.Length - 1) : trimmed);
            if (!continues || logical.Length > RuleLengthMax)
            {
                Take(name, first, logical);
            }
        }
        if (logical.Length > 0)
        {
            Take(name, first, logical);
        }
    }

    /// <summary>True for a rule that is switched off by a comment mark.</summary>
    private static bool HidesRule(string line) =>
        line.Contains("sid:", StringComparison.Ordinal) && line.Contains('(', StringComparison.Ordinal);

    /// <summary>A line without its end; of one longer than a rule may be, enough to see that it is.</summary>
    private string? ReadLine(TextReader reader)
    {
        _line.Clear();
        int next = reader.Read();
        if (next < 0)
        {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = reader.Read())
        {
            if (_line.Length <= RuleLengthMax)
            {
                _line.Append((char)next);
            }
        }
        return _line.ToString();
    }

    private void Take(string name, int line, StringBuilder logical)
    {
        string text = logical.ToString().Trim().TrimStart('\uFEFF');
        text = text.StartsWith("ï»¿", StringComparison.Ordinal) ? text[3..] : text;
        logical.Clear();
        bool isComment = text.StartsWith('#');
        string? changed = text.Length == 0 || (isComment && _changes.IsEmpty) ? null
            : text.Length > RuleLengthMax ? text : _changes.Apply(name, text.TrimStart('#', ' '), isComment);
        if (changed is null)
        {
            return;
        }
        text = changed;
        try
        {
            if (text.Length > RuleLengthMax)
            {
                throw new RuleSyntaxException("rule", $"The rule is longer than {RuleLengthMax} bytes.");
            }
            Rule rule = parser.Parse(text);
            rule.File = name;
            rule.Line = line;
            Keep(rule);
        }
        catch (RuleSyntaxException fault)
        {
            _rejected.Add(
                new RejectedRule(name, line, RuleParser.FindSid(text), fault.Keyword, fault.Message));
        }
    }

    /// <summary>Of two rules with the same gid and sid the one with the greater revision stays.</summary>
    private void Keep(Rule rule)
    {
        if (!_seen.TryGetValue((rule.Gid, rule.Sid), out int index))
        {
            _seen[(rule.Gid, rule.Sid)] = _rules.Count;
            _rules.Add(rule);
            return;
        }
        Rule older = _rules[index]!;
        if (rule.Revision <= older.Revision)
        {
            throw new RuleSyntaxException(
                "sid", $"Another rule already has gid {rule.Gid} and sid {rule.Sid}.");
        }
        _rules[index] = null;
        _seen[(rule.Gid, rule.Sid)] = _rules.Count;
        _rules.Add(rule);
        _rejected.Add(new RejectedRule(
            older.File, older.Line, older.Sid, "sid",
            $"Revision {rule.Revision} in {rule.File} replaces it."));
    }
}
