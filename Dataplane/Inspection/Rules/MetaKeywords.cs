namespace Dataplane.Inspection.Rules;

/// <summary>Keywords that name, classify and steer a rule but match nothing.</summary>
internal static class MetaKeywords
{
    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["msg"] = (b, k, v) => b.Rule.Message = OptionText.Readable(
            OptionText.Unquote(k, OptionText.Required(k, v), required: false).Replace(
            "\\", "", StringComparison.Ordinal));
        table["sid"] = Sid;
        table["gid"] = (b, k, v) => b.Rule.Gid = OptionText.Unsigned(k, Plain(k, v));
        table["rev"] = (b, k, v) => b.Rule.Revision = OptionText.Unsigned(k, Plain(k, v));
        table["classtype"] = ClassType;
        table["priority"] = Priority;
        table["reference"] = Reference;
        table["metadata"] = (_, k, v) => OptionText.Required(k, v);
        table["noalert"] = (b, k, v) => b.Rule.Alerts = Bare(k, v) && false;
        table["alert"] = (b, k, v) => b.Rule.Alerts = Bare(k, v);
        table["target"] = Target;
        table["tag"] = Tag;
        table["prefilter"] = Prefilter;
        table["pkt_data"] = (b, k, v) =>
        {
            OptionText.None(k, v);
            b.UsePayload();
        };
    }

    private static bool Bare(string keyword, string? value)
    {
        OptionText.None(keyword, value);
        return true;
    }

    private static string Plain(string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        return text.StartsWith('"') ? OptionText.Unquote(keyword, text, required: true) : text;
    }

    private static void Sid(RuleBuilder builder, string keyword, string? value)
    {
        if (builder.HasSid)
        {
            throw new RuleSyntaxException(keyword, "A rule may have one sid only.");
        }
        builder.Rule.Sid = (uint)OptionText.Integer(keyword, Plain(keyword, value), 1, uint.MaxValue);
        builder.HasSid = true;
    }

    private static void ClassType(RuleBuilder builder, string keyword, string? value)
    {
        string name = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: false);
        (string description, byte priority) = builder.Classifications.Find(name);
        if (builder.ClassPriority == 0 || priority < builder.ClassPriority)
        {
            builder.ClassPriority = priority;
            builder.Rule.Category = description;
        }
        if (!builder.HasPriority)
        {
            builder.Rule.Priority = builder.ClassPriority;
        }
    }

    private static void Priority(RuleBuilder builder, string keyword, string? value)
    {
        builder.Rule.Priority = (byte)OptionText.Integer(keyword, Plain(keyword, value), 1, 255);
        builder.HasPriority = true;
    }

    private static void Reference(RuleBuilder builder, string keyword, string? value)
    {
        _ = builder;
        string[] parts = OptionText.Required(keyword, value).Split(',', 2, StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            throw new RuleSyntaxException(keyword, "reference needs a system and an identifier.");
        }
    }

    private static void Target(RuleBuilder builder, string keyword, string? value)
    {
        _ = builder;
        if (OptionText.Required(keyword, value) is not ("src_ip" or "dest_ip"))
        {
            throw new RuleSyntaxException(keyword, "target is src_ip or dest_ip.");
        }
    }

    private static void Tag(RuleBuilder builder, string keyword, string? value)
    {
        _ = builder;
        string[] parts = OptionText.List(OptionText.Required(keyword, value));
        bool fits = parts switch
        {
            ["session" or "host"] => true,
            ["session", _, "packets" or "bytes" or "seconds"] => true,
            ["host", _, "packets" or "bytes" or "seconds", "src" or "dst"] => true,
            _ => false,
        };
        if (!fits || (parts.Length > 1 && OptionText.Integer(keyword, parts[1], 1, uint.MaxValue) < 1))
        {
            throw new RuleSyntaxException(keyword, "tag needs session or host, a number and its unit.");
        }
    }

    /// <summary>A hint for speed only; how rules are selected here does not depend on it.</summary>
    private static void Prefilter(RuleBuilder builder, string keyword, string? value)
    {
        OptionText.None(keyword, value);
        if (builder.Last is ContentOption content && !builder.HasFastPattern)
        {
            content.FastPattern = true;
            builder.HasFastPattern = true;
        }
    }
}
