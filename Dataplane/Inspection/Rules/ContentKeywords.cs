namespace Dataplane.Inspection.Rules;

/// <summary>`content` and its modifiers.</summary>
internal static class ContentKeywords
{
    private const int PositionMax = 65_535;

    public static void Register(IDictionary<string, KeywordHandler> table)
    {
        table["content"] = Content;
        table["uricontent"] = UriContent;
        table["nocase"] = NoCase;
        table["rawbytes"] = RawBytes;
        table["offset"] = (b, k, v) => SetAbsolute(b, k, v, isOffset: true);
        table["depth"] = (b, k, v) => SetAbsolute(b, k, v, isOffset: false);
        table["distance"] = Distance;
        table["within"] = Within;
        table["startswith"] = StartsWith;
        table["endswith"] = EndsWith;
        table["fast_pattern"] = FastPattern;
        table["bsize"] = BufferSize;
        table["isdataat"] = IsDataAt;
    }

    private static void Content(RuleBuilder builder, string keyword, string? value) =>
        builder.Add(Parse(keyword, value));

    private static void UriContent(RuleBuilder builder, string keyword, string? value)
    {
        builder.UsePayload();
        builder.Add(Parse(keyword, value));
        builder.MoveLast(Buffers.Find("http.uri"), keyword);
    }

    private static ContentOption Parse(string keyword, string? value)
    {
        string text = OptionText.Required(keyword, value);
        bool negated = OptionText.TakeNegation(ref text);
        return new ContentOption(
            ContentParser.Parse(keyword, OptionText.Unquote(keyword, text, required: true)), negated);
    }

    private static void NoCase(RuleBuilder builder, string keyword, string? value)
    {
        OptionText.None(keyword, value);
        ContentOption content = builder.LastContent(keyword);
        if (content.NoCase)
        {
            throw new RuleSyntaxException(keyword, "nocase stands twice behind one content.");
        }
        content.NoCase = true;
    }

    private static void RawBytes(RuleBuilder builder, string keyword, string? value)
    {
        OptionText.None(keyword, value);
        ContentOption content = builder.LastContent(keyword);
        if (content.RawBytes)
        {
            throw new RuleSyntaxException(keyword, "rawbytes stands twice behind one content.");
        }
        content.RawBytes = true;
    }

    private static void SetAbsolute(RuleBuilder builder, string keyword, string? value, bool isOffset)
    {
        ContentOption content = builder.LastContent(keyword);
        string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: false);
        if (content.StartsWith || content.Relative || (isOffset ? content.Offset : content.Depth) is not null)
        {
            throw new RuleSyntaxException(
                keyword, $"{keyword} cannot be combined with itself, distance, within or startswith.");
        }
        Operand number = builder.Number(keyword, text, 0, PositionMax);
        if (isOffset)
        {
            content.Offset = number;
            return;
        }
        if (!number.IsVariable && number.Value < content.Pattern.Length)
        {
            throw new RuleSyntaxException(keyword, $"depth {number.Value} is shorter than its content.");
        }
        content.Depth = number;
    }

    private static void Distance(RuleBuilder builder, string keyword, string? value)
    {
        ContentOption content = Relative(builder, keyword);
        if (content.Distance is not null)
        {
            throw new RuleSyntaxException(keyword, "distance stands twice behind one content.");
        }
        content.Distance = builder.Number(
            keyword, OptionText.Unquote(keyword, OptionText.Required(keyword, value), false), -1048576,
            1048576);
        content.Relative = true;
    }

    private static void Within(RuleBuilder builder, string keyword, string? value)
    {
        ContentOption content = Relative(builder, keyword);
        if (content.Within is not null)
        {
            throw new RuleSyntaxException(keyword, "within stands twice behind one content.");
        }
        Operand number = builder.Number(
            keyword, OptionText.Unquote(keyword, OptionText.Required(keyword, value), false), -1048576,
            1048576);
        if (!number.IsVariable && number.Value < content.Pattern.Length)
        {
            throw new RuleSyntaxException(keyword, $"within {number.Value} is shorter than its content.");
        }
        content.Within = number;
        content.Relative = true;
    }

    private static ContentOption Relative(RuleBuilder builder, string keyword)
    {
        ContentOption content = builder.LastContent(keyword);
        return content.Offset is not null || content.Depth is not null || content.StartsWith
            || content.FastPatternOnly
            ? throw new RuleSyntaxException(
                keyword, $"{keyword} cannot be combined with offset, depth, startswith or fast_pattern:only.")
            : content;
    }

    private static void StartsWith(RuleBuilder builder, string keyword, string? value)
    {
        OptionText.None(keyword, value);
        ContentOption content = builder.LastContent(keyword);
        if (content.HasPosition && !(content.EndsWith && !content.StartsWith && !content.Relative))
        {
            throw new RuleSyntaxException(
                keyword, "startswith cannot be combined with offset, depth, distance or within.");
        }
        content.StartsWith = true;
    }

    private static void EndsWith(RuleBuilder builder, string keyword, string? value)
    {
        OptionText.None(keyword, value);
        ContentOption content = builder.LastContent(keyword);
        if (content.EndsWith)
        {
            throw new RuleSyntaxException(keyword, "endswith stands twice behind one content.");
        }
        content.EndsWith = true;
    }

    private static void FastPattern(RuleBuilder builder, string keyword, string? value)
    {
        ContentOption content = builder.LastContent(keyword);
        if (content.FastPattern)
        {
            throw new RuleSyntaxException(keyword, "fast_pattern stands twice behind one content.");
        }
        if (builder.HasFastPattern)
        {
            throw new RuleSyntaxException(keyword, "A rule may have one fast_pattern only.");
        }
        if (content.Negated && content.HasPosition)
        {
            throw new RuleSyntaxException(
                keyword, "A negated content with a position cannot be the fast pattern.");
        }
        content.FastPattern = true;
        builder.HasFastPattern = true;
        string text = value?.Trim() ?? "";
        if (text.Length == 0)
        {
            return;
        }
        if (text == "only")
        {
            content.FastPatternOnly = !content.Negated && !content.HasPosition
                ? true
                : throw new RuleSyntaxException(
                    keyword, "fast_pattern:only needs a content without negation and position.");
            return;
        }
        string[] parts = OptionText.List(text);
        int length = content.Pattern.Length;
        int from = (int)OptionText.Integer(keyword, parts[0], 0, PositionMax);
        int count = parts.Length == 2 ? (int)OptionText.Integer(keyword, parts[1], 1, PositionMax)
            : length + 1;
        if (from + count > length)
        {
            throw new RuleSyntaxException(
                keyword, "The part named by fast_pattern lies outside of its content.");
        }
        content.FastPatternOffset = from;
        content.FastPatternLength = count;
    }

    private static void BufferSize(RuleBuilder builder, string keyword, string? value)
    {
        if (builder.Current.Buffer.Source == BufferSource.Payload
            && builder.Current.Buffer == RuleBuffer.Payload)
        {
            throw new RuleSyntaxException(keyword, "bsize needs a buffer such as http.uri before it.");
        }
        builder.Add(new BufferSizeOption(
            NumberTest.Parse(keyword, OptionText.Required(keyword, value), ulong.MaxValue)));
    }

    private static void IsDataAt(RuleBuilder builder, string keyword, string? value)
    {
        string text = OptionText.Unquote(keyword, OptionText.Required(keyword, value), required: false);
        bool negated = OptionText.TakeNegation(ref text);
        string[] parts = OptionText.List(text);
        bool relative = false;
        foreach (string part in parts.AsSpan(1))
        {
            relative |= part == "relative";
            if (part is not ("relative" or "rawbytes"))
            {
                throw new RuleSyntaxException(keyword, $"'{GroupText.Cut(part)}' is no option of isdataat.");
            }
        }
        builder.AddAfterLast(new IsDataAtOption(builder.Number(keyword, parts[0], 0, PositionMax), negated)
        {
            Relative = relative,
        });
    }
}
