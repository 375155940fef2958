namespace Dataplane.Inspection.Rules;

/// <summary>Reads one logical line of a rule file into a <see cref="Rule"/>; throws
/// <see cref="RuleSyntaxException"/> and nothing else when the text is not a rule.</summary>
public sealed class RuleParser(
    RuleVariables variables, Classifications classifications, Reputations? reputations = null)
{
    public const int OptionMax = 1_024;

    private static readonly Dictionary<string,
        (RuleAction Action, bool Known)> Actions = new(StringComparer.Ordinal)
        {
            ["alert"] = (RuleAction.Alert, true), ["pass"] = (RuleAction.Pass, true),
            ["drop"] = (RuleAction.Drop, true), ["reject"] = (RuleAction.Reject, true),
            ["rejectsrc"] = (RuleAction.Reject, true), ["rejectdst"] = (RuleAction.Reject, true),
            ["rejectboth"] = (RuleAction.Reject, true), ["config"] = (RuleAction.Alert, false),
        };

    private readonly Reputations _reputations = reputations ?? new Reputations();
    private readonly AddressParser _addresses = new(variables);
    private readonly PortParser _ports = new(variables);
    private readonly Dictionary<string, AddressSet> _addressCache = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PortSet> _portCache = new(StringComparer.Ordinal);

    public Rule Parse(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        int close = text.LastIndexOf(')');
        if (open < 0 || close < open)
        {
            throw new RuleSyntaxException("rule", "A rule has options in parentheses behind its header.");
        }
        var rule = new Rule();
        var builder = new RuleBuilder(rule, classifications, _reputations);
        ParseHeader(builder, text[..open]);
        ParseOptions(builder, text[(open + 1)..close]);
        RuleChecks.Finish(builder);
        return rule;
    }

    /// <summary>The sid in a text that may be broken, for messages; 0 if there is none.</summary>
    public static uint FindSid(string text)
    {
        int at = text.IndexOf("sid:", StringComparison.Ordinal);
        int end = at < 0 ? -1 : text.IndexOf(';', at);
        return end > 0 && uint.TryParse(text.AsSpan(at + 4, end - at - 4).Trim(), out uint sid) ? sid : 0;
    }

    private void ParseHeader(RuleBuilder builder, string header)
    {
        List<string> words = HeaderWords(header);
        if (words.Count != 7)
        {
            throw new RuleSyntaxException(
                "header", "A header has action, protocol, source, port, direction, destination and port.");
        }
        Rule rule = builder.Rule;
        if (!Actions.TryGetValue(words[0], out (RuleAction Action, bool Known) action))
        {
            throw new RuleSyntaxException("action", $"'{GroupText.Cut(words[0])}' is not an action.");
        }
        rule.Action = action.Action;
        rule.Alerts = action.Action != RuleAction.Pass;
        if (!action.Known)
        {
            builder.NotInspected(words[0]);
        }
        if (!RuleProtocol.TryParse(words[1], out RuleProtocol protocol))
        {
            throw new RuleSyntaxException(
                "protocol", $"'{GroupText.Cut(words[1])}' is not a protocol this build knows.");
        }
        rule.Protocol = protocol;
        rule.Application = protocol.Application;
        rule.Sources = Addresses(words[2]);
        rule.SourcePorts = Ports(words[3]);
        rule.Bidirectional = words[4] switch
        {
            "->" => false,
            "<>" => true,
            _ => throw new RuleSyntaxException(
            "direction", $"'{GroupText.Cut(words[4])}' is neither -> nor <>."),
        };
        rule.Destinations = Addresses(words[5]);
        rule.DestinationPorts = Ports(words[6]);
    }

    private AddressSet Addresses(string text)
    {
        if (!_addressCache.TryGetValue(text, out AddressSet? set))
        {
            set = _addresses.Parse(text);
            _addressCache[text] = set;
        }
        return set;
    }

    private PortSet Ports(string text)
    {
        if (!_portCache.TryGetValue(text, out PortSet? set))
        {
            set = _ports.Parse(text);
            _portCache[text] = set;
        }
        return set;
    }

    /// <summary>Words are split at blanks outside of brackets.</summary>
    private static List<string> HeaderWords(string header)
    {
        var words = new List<string>(7);
        int depth = 0;
        int start = -1;
        for (int i = 0; i <= header.Length; i++)
        {
            char c = i < header.Length ? header[i] : ' ';
            depth += c switch { '[' => 1, ']' => -1, _ => 0 };
            bool blank = char.IsWhiteSpace(c) && (depth <= 0 || i == header.Length);
            if (!blank && start < 0)
            {
                start = i;
            }
            else if (blank && start >= 0)
            {
                words.Add(header[start..i]);
                start = -1;
            }
        }
        return words;
    }

    private static void ParseOptions(RuleBuilder builder, string text)
    {
        int count = 0;
        int at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
            if (at >= text.Length)
            {
                return;
            }
            int end = EndOfOption(text, at);
            if (end < 0)
            {
                throw new RuleSyntaxException(
                    "rule", $"'{GroupText.Cut(text[at..])}' is not closed by a semicolon.");
            }
            if (++count > OptionMax)
            {
                throw new RuleSyntaxException("rule", $"A rule may have at most {OptionMax} options.");
            }
            ParseOption(builder, text[at..end]);
            at = end + 1;
        }
    }

    /// <summary>The next semicolon without a backslash before it; quotes do not protect one.</summary>
    private static int EndOfOption(string text, int from)
    {
        for (int i = from; i < text.Length; i++)
        {
            if (text[i] == ';' && (i == from || text[i - 1] != '\\'))
            {
                return i;
            }
        }
        return -1;
    }

    private static void ParseOption(RuleBuilder builder, string option)
    {
        int colon = option.IndexOf(':', StringComparison.Ordinal);
        string keyword = (colon < 0 ? option : option[..colon]).Trim();
        string? value = colon < 0 ? null : option[(colon + 1)..];
        if (keyword.Length == 0)
        {
            throw new RuleSyntaxException("rule", "An option has no keyword.");
        }
        Keywords.Find(keyword)(builder, keyword, value);
    }
}
