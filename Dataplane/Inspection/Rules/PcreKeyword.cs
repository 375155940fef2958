namespace Dataplane.Inspection.Rules;

/// <summary>`pcre:[!]"/expression/flags"`, with Perl's flags, R, and the legacy letters that name a
/// buffer.</summary>
internal static class PcreKeyword
{
    private const int ExpressionMax = 8_192;

    private static readonly Dictionary<char, string> LegacyBuffers = new()
    {
        ['U'] = "http.uri", ['I'] = "http.uri.raw", ['P'] = "http.request_body", ['Q'] = "http.response_body",
        ['H'] = "http.header", ['D'] = "http.header.raw", ['C'] = "http.cookie", ['M'] = "http.method",
        ['S'] = "http.stat_code", ['Y'] = "http.stat_msg", ['V'] = "http.user_agent", ['W'] = "http.host",
        ['Z'] = "http.host.raw",
    };

    public static void Register(IDictionary<string, KeywordHandler> table) => table["pcre"] = Pcre;

    private static void Pcre(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        bool negated = OptionText.TakeNegation(ref text);
        text = OptionText.Unquote(keyword, text, required: false);
        int last = text.LastIndexOf('/');
        if (text.Length < 3 || text[0] != '/' || last <= 0)
        {
            throw new RuleSyntaxException(keyword, "A pcre has the form \"/expression/flags\".");
        }
        string expression = text[1..last];
        string tail = text[(last + 1)..];
        int comma = tail.IndexOf(',', StringComparison.Ordinal);
        if (comma >= 0)
        {
            CheckCaptures(keyword, tail[(comma + 1)..]);
            tail = tail[..comma];
        }
        if (expression.Length is 0 or > ExpressionMax)
        {
            throw new RuleSyntaxException(keyword, $"An expression has 1 to {ExpressionMax} bytes.");
        }
        PcreFlags flags = Flags(keyword, tail.Trim(), out bool relative, out string? buffer);
        byte[] bytes = OptionText.Bytes(expression.Replace("\\;", ";", StringComparison.Ordinal)
            .Replace("\\\"", "\"", StringComparison.Ordinal));
        var option = new PcreOption(bytes, flags, negated) { Relative = relative };
        bool ownBuffer = buffer is null || builder.Sticky?.Name == buffer
            || (buffer == "http.response_body" && builder.Sticky?.Name == "file.data");
        if (ownBuffer)
        {
            builder.Add(option);
        }
        else if (builder.Sticky is null)
        {
            builder.AddTo(Buffers.Find(buffer!), option);
        }
        else
        {
            throw new RuleSyntaxException(
                keyword, "A pcre that names a buffer needs pkt_data before it here.");
        }
    }

    /// <summary>Captures only go into logs of the reference engine: a rule matches with or without
    /// them.</summary>
    private static void CheckCaptures(string keyword, string names)
    {
        foreach (string name in OptionText.List(names))
        {
            if (!name.StartsWith("flow:", StringComparison.Ordinal)
                && !name.StartsWith("pkt:", StringComparison.Ordinal))
            {
                throw new RuleSyntaxException(
                    keyword, $"'{GroupText.Cut(name)}' is not a name for a capture.");
            }
        }
    }

    private static PcreFlags Flags(string keyword, string text, out bool relative, out string? buffer)
    {
        PcreFlags flags = PcreFlags.None;
        relative = false;
        buffer = null;
        foreach (char c in text)
        {
            if (LegacyBuffers.TryGetValue(c, out string? named))
            {
                buffer = buffer is null ? named
                    : throw new RuleSyntaxException(keyword, "A pcre may name one buffer only.");
                continue;
            }
            relative |= c == 'R';
            flags |= c switch
            {
                'i' => PcreFlags.CaseInsensitive,
                's' => PcreFlags.DotMatchesNewline,
                'm' => PcreFlags.Multiline,
                'x' => PcreFlags.Extended,
                'A' => PcreFlags.Anchored,
                'E' => PcreFlags.DollarEndOnly,
                'G' => PcreFlags.Ungreedy,
                'R' or 'B' or 'O' => PcreFlags.None,
                _ => throw new RuleSyntaxException(keyword, $"'{c}' is no flag of pcre."),
            };
        }
        return flags;
    }
}
