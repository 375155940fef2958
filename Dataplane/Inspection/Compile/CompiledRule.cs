using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>One rule ready to be verified; read-only and shared by all workers.</summary>
public sealed class CompiledRule
{
    private readonly PacketTest[] _tests;
    private readonly CompiledSection[] _headers;
    private readonly BitStep[] _bitTests;
    private readonly BitStep[] _bitChanges;
    private readonly IntegerStep[] _integerTests;
    private readonly IntegerStep[] _integerChanges;

    internal CompiledRule(
        Rule rule, RuleScope scope, CompiledSection? payload, CompiledSection[] headers,
        RuleVariableNames names)
    {
        Rule = rule;
        Scope = scope;
        Payload = payload;
        _headers = headers;
        _tests = [.. rule.Tests];
        BitStep[] bits = [.. rule.Bits.Select(names.Bit)];
        IntegerStep[] integers = [.. rule.Integers.Select(names.Integer)];
        _bitTests = [.. bits.Where(b => b.IsTest)];
        _bitChanges = [.. bits.Where(b => !b.IsTest)];
        _integerTests = [.. integers.Where(i => i.IsTest)];
        _integerChanges = [.. integers.Where(i => !i.IsTest)];
    }

    public Rule Rule { get; }

    public RuleScope Scope { get; }

    /// <summary>Place in the order of evaluation; also its index in the rule set.</summary>
    public int Index { get; internal set; }

    public CompiledSection? Payload { get; }

    public ReadOnlySpan<CompiledSection> Headers => _headers;

    public ReadOnlySpan<PacketTest> Tests => _tests;

    public ReadOnlySpan<BitStep> BitTests => _bitTests;

    public ReadOnlySpan<BitStep> BitChanges => _bitChanges;

    public ReadOnlySpan<IntegerStep> IntegerTests => _integerTests;

    public ReadOnlySpan<IntegerStep> IntegerChanges => _integerChanges;

    /// <summary>The content that must be in the payload for the rule to match; null: none can be
    /// named.</summary>
    public ContentOption? FastPattern { get; internal set; }

    public bool IsFlowOnce => (Scope & RuleScope.FlowOnce) != 0;

    public bool WantsStream => (Scope & RuleScope.Stream) != 0;

    public bool WantsPacket => (Scope & RuleScope.Packet) != 0;
}
