using Dataplane.Events.Applications;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>One rule ready to be verified; read-only and shared by all workers.</summary>
public sealed class CompiledRule
{
    private readonly PacketTest[] _tests;
    private readonly CompiledSection[] _headers;
    private readonly CompiledSection[] _applicationSections;
    private readonly CompiledTest[] _applicationTests;
    private readonly BitStep[] _bitTests;
    private readonly BitStep[] _bitChanges;
    private readonly IntegerStep[] _integerTests;
    private readonly IntegerStep[] _integerChanges;

    internal CompiledRule(
        Rule rule, RuleScope scope, CompiledSections sections, CompiledTest[] applicationTests,
        RuleVariableNames names)
    {
        Rule = rule;
        Threshold = rule.Threshold;
        Scope = scope;
        Payload = sections.Payload;
        _headers = sections.Headers;
        _applicationSections = sections.Application;
        _applicationTests = applicationTests;
        _tests = [.. rule.Tests];
        BitStep[] bits = [.. rule.Bits.Select(names.Bit)];
        IntegerStep[] integers = [.. rule.Integers.Select(names.Integer)];
        _bitTests = [.. bits.Where(b => b.IsTest)];
        _bitChanges = [.. bits.Where(b => !b.IsTest)];
        _integerTests = [.. integers.Where(i => i.IsTest)];
        _integerChanges = [.. integers.Where(i => !i.IsTest)];
        FastPattern = sections.Payload is { } payload ? Strongest([payload]).Content : null;
        (ApplicationPattern, CompiledSection? strongest) = Strongest(sections.Application);
        ApplicationView = strongest?.View;
        IsDetectionOnly = RuleCompiler.IsDetectionOnly(rule);
        HearsEvents = rule.ApplicationTests.Exists(t => t is ApplicationEventTest);
        Level = ApplicationFields.LevelOf(sections.Application, applicationTests);
        HistoryBytes = StreamHistory.BytesOf(sections.Payload);
        HasPlace = StreamHistory.HasPlace(sections.Payload);
        ApplicationMask = rule.Application is { } application ? Applications.Mask(application) : 0;
    }

    public Rule Rule { get; }

    public RuleScope Scope { get; }

    /// <summary>How alerts are thinned out: the rule's own threshold or that of a configuration
    /// file.</summary>
    public ThresholdOption? Threshold { get; internal set; }

    /// <summary>Lines that silence the rule for some addresses, or for all.</summary>
    public IReadOnlyList<ThresholdLine> Suppressions { get; internal set; } = [];

    /// <summary>The line that changes the rule's action while it matches too often.</summary>
    public ThresholdLine? RateFilter { get; internal set; }

    /// <summary>Place in the order of evaluation; also its index in the rule set.</summary>
    public int Index { get; internal set; }

    public CompiledSection? Payload { get; }

    public ReadOnlySpan<CompiledSection> Headers => _headers;

    /// <summary>Sections over buffers of an application's transaction.</summary>
    public ReadOnlySpan<CompiledSection> ApplicationSections => _applicationSections;

    public ReadOnlySpan<CompiledTest> ApplicationTests => _applicationTests;

    /// <summary>Bits of the application protocols that the flow may speak; 0:
    /// any or none.</summary>
    public ulong ApplicationMask { get; }

    public ReadOnlySpan<PacketTest> Tests => _tests;

    public ReadOnlySpan<BitStep> BitTests => _bitTests;

    public ReadOnlySpan<BitStep> BitChanges => _bitChanges;

    public ReadOnlySpan<IntegerStep> IntegerTests => _integerTests;

    public ReadOnlySpan<IntegerStep> IntegerChanges => _integerChanges;

    /// <summary>The content that must be in the payload for the rule to match; null: none can be
    /// named.</summary>
    public ContentOption? FastPattern { get; }

    /// <summary>The content that must be in <see cref="ApplicationView"/> for the rule to match a
    /// transaction.</summary>
    public ContentOption? ApplicationPattern { get; }

    public BufferView? ApplicationView { get; }

    /// <summary>How far a transaction must be before all that the rule asks for is there.</summary>
    public AppProgress Level { get; }

    /// <summary>Bytes before the newest that its payload options may need to see in a stream.</summary>
    public int HistoryBytes { get; }

    /// <summary>True when one literal alone decides about the payload: a buffer without it never
    /// matches, whatever follows.</summary>
    public bool IsOneLiteral => HistoryBytes < LiteralIndex.PatternBytesMax;

    /// <summary>True when a content has its place counted from the beginning of the stream.</summary>
    public bool HasPlace { get; }

    public bool IsFlowOnce => (Scope & RuleScope.FlowOnce) != 0;

    public bool IsTransaction => (Scope & RuleScope.Transaction) != 0;

    /// <summary>True for a rule about what is irregular in a transaction or flow.</summary>
    public bool HearsEvents { get; }

    /// <summary>True when it is about the flow as a whole: what its sides speak.</summary>
    public bool HearsFlowEvents => HearsEvents && AllTests(AppProtocol.Unknown);

    private bool AllTests(AppProtocol protocol) => Array.TrueForAll(
        _applicationTests, t => t.Test is ApplicationEventTest
            && AppAnomalies.ProtocolOf((AppAnomaly)t.Number) == protocol);

    /// <summary>True for a rule that is asked once the protocol of a side is known, and not again.</summary>
    public bool IsDetectionOnly { get; }

    public bool WantsStream => (Scope & RuleScope.Stream) != 0;

    public bool WantsPacket => (Scope & RuleScope.Packet) != 0;

    private static (ContentOption? Content, CompiledSection? Section) Strongest(
        IEnumerable<CompiledSection> sections) => sections
        .SelectMany(s => s.Contents.Where(c => !c.Negated).Select(c => (Content: c, Section: s)))
        .OrderByDescending(c => c.Content.FastPattern).ThenByDescending(c => Strength(c.Content))
        .Select(c => ((ContentOption?)c.Content, (CompiledSection?)c.Section)).FirstOrDefault();

    /// <summary>Long patterns of many different bytes are rare in traffic.</summary>
    private static int Strength(ContentOption content)
    {
        ReadOnlySpan<byte> bytes = content.Pattern.Span;
        Span<bool> seen = stackalloc bool[256];
        int distinct = 0;
        foreach (byte value in bytes)
        {
            distinct += seen[value] ? 0 : 1;
            seen[value] = true;
        }
        return (Math.Min(bytes.Length, 32) * 4) + (distinct * 6);
    }
}
