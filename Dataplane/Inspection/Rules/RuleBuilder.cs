namespace Dataplane.Inspection.Rules;

/// <summary>The rule under construction: what keywords need to know of those before them.</summary>
internal sealed class RuleBuilder(Rule rule, Classifications classifications, Reputations reputations)
{
    public const int VariableMax = 16;

    private readonly List<string> _variables = [];
    private BufferSection? _current;
    private ContentOption? _lastContent;
    private Base64Option? _base64;

    public Rule Rule { get; } = rule;

    public Classifications Classifications { get; } = classifications;

    public Reputations Reputations { get; } = reputations;

    /// <summary>The section that the last content was put into; modifiers apply to its last
    /// content.</summary>
    public BufferSection? LastSection { get; private set; }

    public PayloadOption? Last => LastSection?.Options.Count > 0 ? LastSection.Options[^1] : null;

    public bool HasSid { get; set; }

    public bool HasPriority { get; set; }

    public bool HasFastPattern { get; set; }

    public bool HasDetectionFilter { get; set; }

    public byte ClassPriority { get; set; }

    /// <summary>A sticky buffer whose contents are yet to come; an error if the rule ends before.</summary>
    public RuleBuffer? Waiting { get; private set; }

    public BufferSection Current => _current ?? Section(RuleBuffer.Payload);

    /// <summary>The sticky buffer in force, or null while contents go to the payload.</summary>
    public RuleBuffer? Sticky => _current?.Buffer;

    public void Use(RuleBuffer buffer)
    {
        _current = Section(buffer);
        Waiting = buffer;
        Bind(buffer);
    }

    public void UsePayload() => _current = null;

    /// <summary>Puts a transform in front of the contents that follow.</summary>
    public void AddTransform(string keyword, TransformOption transform)
    {
        if (Waiting is not { } buffer)
        {
            throw new RuleSyntaxException(
                keyword, $"{keyword} must follow a buffer and stand before its contents.");
        }
        if (Current.Options.Count > 0)
        {
            _current = new BufferSection(buffer);
            Rule.Sections.Add(_current);
        }
        Current.AddTransform(transform);
    }

    /// <summary>Adds base64_decode to the buffer that a relative step would continue.</summary>
    public void AddBase64(Base64Option option)
    {
        AddAfterLast(option);
        _base64 = option;
    }

    /// <summary>From here on contents look at what base64_decode made.</summary>
    public void UseBase64(string keyword)
    {
        _current = _base64?.Decoded ?? throw new RuleSyntaxException(
            keyword, $"{keyword} needs a base64_decode before it.");
        Waiting = RuleBuffer.Base64;
    }

    /// <summary>The kind that an earlier option gave a data set; texts if none did.</summary>
    public DatasetKind DatasetKindOf(string name) =>
        Rule.Sections.SelectMany(s => s.Options).OfType<DatasetOption>().FirstOrDefault(
            d => d.Name == name)?.Kind ?? DatasetKind.Text;

    public void Add(PayloadOption option) => AddTo(Current, option);

    /// <summary>Adds a step that continues the last one, in whichever buffer that was (isdataat,
    /// byte_test).</summary>
    public void AddAfterLast(PayloadOption option) =>
        AddTo(option.Relative && _current is null && LastSection is { } last ? last : Current, option);

    public void AddTo(RuleBuffer buffer, PayloadOption option)
    {
        AddTo(Section(buffer), option);
        Bind(buffer);
    }

    private void AddTo(BufferSection section, PayloadOption option)
    {
        section.Add(option);
        LastSection = section;
        _lastContent = option as ContentOption ?? _lastContent;
        Waiting = null;
    }

    /// <summary>A keyword that looks at the current buffer's bytes, but not one of our steps.</summary>
    public void Touch() => Waiting = null;

    /// <summary>Moves the payload's last content to the buffer of a legacy modifier (http_uri and so
    /// on).</summary>
    public void MoveLast(RuleBuffer buffer, string keyword)
    {
        BufferSection? payload = Rule.Sections.Find(s => s.Buffer == RuleBuffer.Payload);
        if (payload?.Options.OfType<ContentOption>().LastOrDefault() is not { } content)
        {
            throw new RuleSyntaxException(
                keyword, $"{keyword} needs a content before it, without a sticky buffer.");
        }
        payload.Remove(content);
        if (payload.Options.Count == 0)
        {
            Rule.Sections.Remove(payload);
            _current = null;
        }
        AddTo(buffer, content);
    }

    public ContentOption LastContent(string keyword) =>
        _lastContent ?? throw new RuleSyntaxException(keyword, $"{keyword} needs a content before it.");

    public short DefineVariable(string keyword, string name)
    {
        if (name.Length == 0 || _variables.Contains(name))
        {
            throw new RuleSyntaxException(keyword, $"The variable '{name}' is empty or defined twice.");
        }
        if (_variables.Count == VariableMax)
        {
            throw new RuleSyntaxException(keyword, $"A rule may define at most {VariableMax} variables.");
        }
        _variables.Add(name);
        Rule.VariableCount = _variables.Count;
        return (short)(_variables.Count - 1);
    }

    public Operand Number(string keyword, string text, long smallest, long largest)
    {
        string trimmed = text.Trim();
        if (trimmed.Length > 0 && (char.IsAsciiLetter(trimmed[0]) || trimmed[0] == '_'))
        {
            int index = _variables.IndexOf(trimmed);
            return index >= 0 ? new Operand(0, (short)index)
                : throw new RuleSyntaxException(
                keyword, $"No byte_extract or byte_math before it sets '{trimmed}'.");
        }
        return Operand.Of(OptionText.Integer(keyword, trimmed, smallest, largest));
    }

    public void AddTest(string keyword, string? application, ApplicationTest test)
    {
        if (application is not null)
        {
            BindApplication(application, keyword);
        }
        Rule.ApplicationTests.Add(test);
        Touch();
    }

    public void BindApplication(string application, string keyword)
    {
        if (Rule.Application is null)
        {
            Rule.Application = application;
        }
        else if (!Compatible(Rule.Application, application))
        {
            throw new RuleSyntaxException(
                keyword, $"{keyword} belongs to {application}, the rule to {Rule.Application}.");
        }
    }

    public void NotInspected(string keyword)
    {
        if (!Rule.NotInspected.Contains(keyword))
        {
            Rule.NotInspected.Add(keyword);
        }
    }

    private static bool Compatible(string rule, string needed) =>
        rule == needed
        || (needed == "http" && rule is "http1" or "http2")
        || (rule == "http" && needed is "http1" or "http2")
        || (needed == "dcerpc" && rule == "smb");

    private void Bind(RuleBuffer buffer)
    {
        if (buffer.Application is { } application)
        {
            BindApplication(application, buffer.Name);
        }
    }

    private BufferSection Section(RuleBuffer buffer)
    {
        BufferSection? found = Rule.Sections.FindLast(s => s.Buffer == buffer && s.Transforms.Count == 0);
        bool isNext = buffer.IsMulti && found?.Options.Count > 0;
        if (found is null || isNext)
        {
            found = new BufferSection(buffer);
            Rule.Sections.Add(found);
        }
        return found;
    }
}
