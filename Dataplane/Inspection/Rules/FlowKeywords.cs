namespace Dataplane.Inspection.Rules;

/// <summary>flow, flowbits, hostbits, xbits, flowint, threshold and detection_filter.</summary>
internal static class FlowKeywords
{
    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["flow"] = Flow;
        table["flowbits"] = FlowBits;
        table["hostbits"] = HostBits;
        table["xbits"] = XBits;
        table["flowint"] = FlowInteger;
        table["threshold"] = Threshold;
        table["detection_filter"] = DetectionFilter;
    }

    private static void Flow(RuleBuilder builder, string keyword, string? value)
    {
        Rule rule = builder.Rule;
        if (rule.NeedsFlow && rule.Flow != FlowConditions.None)
        {
            throw new RuleSyntaxException(keyword, "A rule may have one flow only.");
        }
        FlowConditions all = FlowConditions.None;
        foreach (string word in OptionText.List(OptionText.Required(keyword, value)))
        {
            FlowConditions one = word.ToLowerInvariant() switch
            {
                "to_server" or "from_client" => FlowConditions.ToServer,
                "to_client" or "from_server" => FlowConditions.ToClient,
                "established" => FlowConditions.Established,
                "not_established" => FlowConditions.NotEstablished,
                "stateless" => FlowConditions.Stateless,
                "only_stream" => FlowConditions.OnlyStream,
                "no_stream" => FlowConditions.NoStream,
                "only_frag" => FlowConditions.OnlyFragment,
                "no_frag" => FlowConditions.NoFragment,
                _ => throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(word)}' is no option of flow."),
            };
            if ((all & (one | Opposites(one))) != 0)
            {
                throw new RuleSyntaxException(
                    keyword, $"'{word}' contradicts or repeats another option of flow.");
            }
            all |= one;
        }
        rule.Flow = all;
        rule.NeedsPacket |= all.HasFlag(FlowConditions.NoStream);
        bool onlyDirection = all is FlowConditions.ToServer or FlowConditions.ToClient;
        rule.NeedsFlow |= !onlyDirection;
        rule.HasPerPacketKeyword = true;
    }

    private static FlowConditions Opposites(FlowConditions one) => one switch
    {
        FlowConditions.ToServer => FlowConditions.ToClient,
        FlowConditions.ToClient => FlowConditions.ToServer,
        FlowConditions.Established => FlowConditions.NotEstablished | FlowConditions.Stateless,
        FlowConditions.NotEstablished => FlowConditions.Established | FlowConditions.Stateless,
        FlowConditions.Stateless => FlowConditions.Established | FlowConditions.NotEstablished,
        FlowConditions.OnlyStream => FlowConditions.NoStream,
        FlowConditions.NoStream => FlowConditions.OnlyStream,
        FlowConditions.OnlyFragment => FlowConditions.NoFragment,
        _ => FlowConditions.OnlyFragment,
    };

    private static BitCommand Command(string keyword, string text) => text switch
    {
        "set" => BitCommand.Set,
        "unset" => BitCommand.Unset,
        "toggle" => BitCommand.Toggle,
        "isset" => BitCommand.IsSet,
        "isnotset" => BitCommand.IsNotSet,
        _ => throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(text)}' is no command of {keyword}."),
    };

    private static string[] Names(string keyword, string text, BitCommand command)
    {
        string[] names = text.Split('|', StringSplitOptions.TrimEntries);
        if (names.Any(n => n.Length == 0 || n.Contains(' ', StringComparison.Ordinal)))
        {
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(text)}' is no name of a bit.");
        }
        return names.Length > 1 && command is not (BitCommand.IsSet or BitCommand.IsNotSet)
            ? throw new RuleSyntaxException(
            keyword, $"{keyword} can choose between bits in isset and isnotset only.")
            : names;
    }

    private static void FlowBits(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        if (text == "noalert")
        {
            builder.Rule.Alerts = false;
            return;
        }
        string[] parts = OptionText.List(text);
        if (parts.Length != 2)
        {
            throw new RuleSyntaxException(keyword, "flowbits needs a command and a name.");
        }
        BitCommand command = Command(keyword, parts[0]);
        AddBit(builder, new BitOption(BitOwner.Flow, command, Names(keyword, parts[1], command), 0));
        builder.Rule.NeedsFlow = true;
    }

    private static void HostBits(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        BitOwner owner = parts.Length < 3 || parts[2] == "src" ? BitOwner.SourceHost
            : parts[2] == "dst" ? BitOwner.DestinationHost
            : throw new RuleSyntaxException(keyword, "hostbits counts by src or dst.");
        if (parts is ["noalert"])
        {
            builder.Rule.Alerts = false;
            return;
        }
        if (parts.Length is < 2 or > 3)
        {
            throw new RuleSyntaxException(keyword, "hostbits needs a command and a name.");
        }
        BitCommand command = Command(keyword, parts[0]);
        AddBit(builder, new BitOption(owner, command, Names(keyword, parts[1], command), 300));
    }

    private static void XBits(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        if (text == "noalert")
        {
            builder.Rule.Alerts = false;
            return;
        }
        string[] parts = OptionText.List(text);
        if (parts.Length is < 3 or > 4)
        {
            throw new RuleSyntaxException(keyword, "xbits needs a command, a name and what it tracks by.");
        }
        BitCommand command = Command(keyword, parts[0]);
        BitOwner owner = parts[2] switch
        {
            "track ip_src" => BitOwner.SourceHost,
            "track ip_dst" => BitOwner.DestinationHost,
            "track ip_pair" => BitOwner.HostPair,
            string other => throw new RuleSyntaxException(keyword, $"xbits cannot '{GroupText.Cut(other)}'."),
        };
        uint expire = 30;
        if (parts.Length == 4)
        {
            bool wellFormed = parts[3].StartsWith("expire ", StringComparison.Ordinal) && !IsTest(command);
            expire = wellFormed ? (uint)OptionText.Integer(keyword, parts[3][7..], 1, int.MaxValue)
                : throw new RuleSyntaxException(
                keyword, "The fourth part of xbits is 'expire SECONDS', when setting.");
        }
        AddBit(builder, new BitOption(owner, command, Names(keyword, parts[1], command), expire));
    }

    private static bool IsTest(BitCommand command) => command is BitCommand.IsSet or BitCommand.IsNotSet;

    private static void AddBit(RuleBuilder builder, BitOption option)
    {
        builder.Rule.Bits.Add(option);
        builder.Rule.HasPerPacketKeyword |= option.Command != BitCommand.Set;
    }

    private static void FlowInteger(RuleBuilder builder, string keyword, string? value)
    {
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        FlowIntegerCommand? command = (parts.Length > 1 ? parts[1] : "") switch
        {
            "=" => FlowIntegerCommand.Set,
            "+" => FlowIntegerCommand.Add,
            "-" => FlowIntegerCommand.Subtract,
            "<" => FlowIntegerCommand.Less,
            "<=" => FlowIntegerCommand.LessOrEqual,
            "==" => FlowIntegerCommand.Equal,
            "!=" => FlowIntegerCommand.NotEqual,
            ">" => FlowIntegerCommand.Greater,
            ">=" => FlowIntegerCommand.GreaterOrEqual,
            "isset" => FlowIntegerCommand.IsSet,
            "notset" or "isnotset" => FlowIntegerCommand.IsNotSet,
            _ => null,
        };
        bool bare = command is FlowIntegerCommand.IsSet or FlowIntegerCommand.IsNotSet;
        if (command is null || parts.Length != (bare ? 2 : 3) || parts[0].Length == 0)
        {
            throw new RuleSyntaxException(keyword, "flowint needs a name, an operator and a value.");
        }
        string text = bare ? "0" : parts[2];
        bool isName = text.Length > 0 && !char.IsAsciiDigit(text[0]);
        builder.Rule.Integers.Add(new FlowIntegerOption(
            parts[0], command.Value, isName ? 0 : OptionText.Unsigned(keyword, text), isName ? text : null));
        builder.Rule.NeedsFlow = true;
        builder.Rule.HasPerPacketKeyword = true;
    }

    private static void Threshold(RuleBuilder builder, string keyword, string? value) =>
        AddThreshold(builder, keyword, OptionText.Required(keyword, value), hasType: true);

    private static void DetectionFilter(RuleBuilder builder, string keyword, string? value) =>
        AddThreshold(builder, keyword, OptionText.Required(keyword, value), hasType: false);

    private static void AddThreshold(RuleBuilder builder, string keyword, string text, bool hasType)
    {
        if (builder.Rule.Threshold is not null)
        {
            throw new RuleSyntaxException(keyword, "A rule may have one threshold or detection_filter only.");
        }
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in OptionText.List(text))
        {
            string[] words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != 2 || !named.TryAdd(words[0], words[1]))
            {
                throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(part)}' does not fit {keyword}.");
            }
        }
        string Take(string name) => named.Remove(name, out string? found) ? found
            : throw new RuleSyntaxException(keyword, $"{keyword} needs {name}.");
        ThresholdKind kind = !hasType ? ThresholdKind.DetectionFilter : Take("type") switch
        {
            "limit" => ThresholdKind.Limit,
            "threshold" => ThresholdKind.Threshold,
            "both" => ThresholdKind.Both,
            string other =>
            throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(other)}' is no type of threshold."),
        };
        ThresholdTrack track = Take("track") switch
        {
            "by_src" => ThresholdTrack.Source,
            "by_dst" => ThresholdTrack.Destination,
            "by_both" => ThresholdTrack.Both,
            "by_rule" => ThresholdTrack.Rule,
            string other =>
            throw new RuleSyntaxException(keyword, $"{keyword} cannot track '{GroupText.Cut(other)}'."),
        };
        uint count = (uint)OptionText.Integer(keyword, Take("count"), 1, uint.MaxValue);
        uint seconds = (uint)OptionText.Integer(keyword, Take("seconds"), 1, uint.MaxValue);
        if (named.Count > 0)
        {
            throw new RuleSyntaxException(
                keyword, $"'{GroupText.Cut(named.Keys.First())}' is no part of {keyword}.");
        }
        builder.Rule.Threshold = new ThresholdOption(kind, track, count, seconds);
    }
}
