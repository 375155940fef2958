using System.Globalization;

namespace Dataplane.Inspection.Rules;

/// <summary>Reads `threshold.config`: suppress, threshold (event_filter) and rate_filter lines for rules by
/// gid and sid; 0 stands for all.</summary>
public sealed class ThresholdFile(RuleVariables variables)
{
    public const int LineMax = 65_536;
    private const int LengthMax = 1 << 16;

    private readonly List<ThresholdLine> _lines = [];
    private readonly List<RejectedRule> _rejected = [];
    private readonly AddressParser _addresses = new(variables);

    public IReadOnlyList<ThresholdLine> Lines => _lines;

    /// <summary>Lines that could not be read.</summary>
    public IReadOnlyList<RejectedRule> Rejected => _rejected;

    public void Read(string path)
    {
        using var reader = new StreamReader(path);
        Read(path, reader);
    }

    public void Read(string name, TextReader reader)
    {
        string joined = "";
        int number = 0;
        int first = 1;
        while (reader.ReadLine() is { } line && number < LineMax)
        {
            number++;
            first = joined.Length == 0 ? number : first;
            string text = line.Trim();
            if (joined.Length == 0 && (text.Length == 0 || text[0] == '#'))
            {
                continue;
            }
            bool continues = text.EndsWith('\\');
            joined += continues ? text[..^1] : text;
            if (!continues || joined.Length > LengthMax)
            {
                Take(name, first, joined);
                joined = "";
            }
        }
        if (joined.Length > 0)
        {
            Take(name, first, joined);
        }
    }

    private void Take(string file, int line, string text)
    {
        try
        {
            _lines.Add(Parse(text));
        }
        catch (RuleSyntaxException fault)
        {
            _rejected.Add(new RejectedRule(file, line, 0, fault.Keyword, fault.Message));
        }
    }

    private ThresholdLine Parse(string text)
    {
        string[] words = text.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries);
        string keyword = words[0];
        if (keyword is not ("suppress" or "threshold" or "event_filter" or "rate_filter") || words.Length < 2)
        {
            throw new RuleSyntaxException(
                GroupText.Cut(keyword),
                "A line begins with suppress, threshold, event_filter or rate_filter.");
        }
        Dictionary<string, string> named = Named(keyword, words[1]);
        string Take(string name) => named.Remove(name, out string? found) ? found
            : throw new RuleSyntaxException(keyword, $"{keyword} needs {name}.");
        uint gid = OptionText.Unsigned(keyword, Take("gen_id"));
        uint sid = OptionText.Unsigned(keyword, Take("sig_id"));
        if (keyword == "suppress")
        {
            return Suppress(keyword, gid, sid, named);
        }
        ThresholdTrack track = Track(keyword, Take("track"));
        uint count = (uint)OptionText.Integer(keyword, Take("count"), 1, uint.MaxValue);
        uint seconds = (uint)OptionText.Integer(keyword, Take("seconds"), 1, uint.MaxValue);
        if (keyword == "rate_filter")
        {
            RuleAction? action = Take("new_action") switch
            {
                "drop" => RuleAction.Drop,
                "reject" => RuleAction.Reject,
                "pass" => RuleAction.Pass,
                "alert" => RuleAction.Alert,
                string other => throw new RuleSyntaxException(
                    keyword, $"'{GroupText.Cut(other)}' is no new action."),
            };
            uint timeout = (uint)OptionText.Integer(keyword, Take("timeout"), 1, uint.MaxValue);
            return new ThresholdLine(gid, sid, new ThresholdOption(ThresholdKind.Rate, track, count, seconds))
            {
                NewAction = action,
                TimeoutSeconds = timeout,
            };
        }
        ThresholdKind kind = Take("type") switch
        {
            "limit" => ThresholdKind.Limit,
            "threshold" => ThresholdKind.Threshold,
            "both" => ThresholdKind.Both,
            string other => throw new RuleSyntaxException(
                keyword, $"'{GroupText.Cut(other)}' is no type of threshold."),
        };
        return new ThresholdLine(gid, sid, new ThresholdOption(kind, track, count, seconds));
    }

    private ThresholdLine Suppress(string keyword, uint gid, uint sid, Dictionary<string, string> named)
    {
        if (!named.TryGetValue("track", out string? track))
        {
            return new ThresholdLine(gid, sid, null);
        }
        string ip = named.TryGetValue("ip", out string? found) ? found
            : throw new RuleSyntaxException(keyword, "suppress with track needs ip.");
        return new ThresholdLine(gid, sid, null)
        {
            Addresses = _addresses.Parse(ip),
            By = track == "by_either" ? null : Track(keyword, track),
        };
    }

    private static ThresholdTrack Track(string keyword, string text) => text switch
    {
        "by_src" => ThresholdTrack.Source,
        "by_dst" => ThresholdTrack.Destination,
        "by_both" => ThresholdTrack.Both,
        "by_rule" => ThresholdTrack.Rule,
        _ => throw new RuleSyntaxException(keyword, $"{keyword} cannot track '{GroupText.Cut(text)}'."),
    };

    /// <summary>Splits `name value, name value`; commas inside brackets belong to a value.</summary>
    private static Dictionary<string, string> Named(string keyword, string text)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in GroupText.Split(text, keyword))
        {
            string[] words = part.Split(
                [' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length != 2 || !named.TryAdd(words[0], words[1]))
            {
                throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(part)}' does not fit {keyword}.");
            }
        }
        return named;
    }
}
