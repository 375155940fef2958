using Dataplane.Inspection.Rules;
using Dataplane.Native.Pcre2;

namespace Dataplane.Inspection.Compile;

/// <summary>Turns checked rules into ones that can be verified; throws <see cref="RuleSyntaxException"/> for
/// an expression that does not compile.</summary>
internal sealed class RuleCompiler(RuleVariableNames names)
{
    /// <summary>The keyword or buffer of a rule that nothing inspects yet, or null.</summary>
    public static RejectedRule? Refuse(Rule rule)
    {
        if (rule.NotInspected.Count == 0)
        {
            return null;
        }
        string first = rule.NotInspected[0];
        return new RejectedRule(
            rule.File, rule.Line, rule.Sid, first, $"Nothing in this build inspects '{first}' yet.");
    }

    public CompiledRule Compile(Rule rule)
    {
        CompiledSection? payload = null;
        var headers = new List<CompiledSection>();
        foreach (BufferSection section in rule.Sections)
        {
            var compiled =
                new CompiledSection(section.Buffer.Source, [.. section.Options.Select(CompileStep)]);
            if (section.Buffer.Source == BufferSource.Payload)
            {
                payload = compiled;
            }
            else
            {
                headers.Add(compiled);
            }
        }
        RuleScope scope = ScopeOf(rule, payload);
        return new CompiledRule(rule, scope, payload, [.. headers], names)
        {
            FastPattern = payload is null ? null : ChooseFastPattern(rule),
        };
    }

    private static CompiledStep CompileStep(PayloadOption option) => option switch
    {
        ContentOption content => new CompiledStep(content),
        PcreOption pcre => new CompiledStep(pcre, CompileExpression(pcre)),
        IsDataAtOption => new CompiledStep(StepKind.IsDataAt, option),
        BufferSizeOption => new CompiledStep(StepKind.BufferSize, option),
        ByteTestOption => new CompiledStep(StepKind.ByteTest, option),
        ByteJumpOption => new CompiledStep(StepKind.ByteJump, option),
        ByteExtractOption => new CompiledStep(StepKind.ByteExtract, option),
        _ => new CompiledStep(StepKind.ByteMath, option),
    };

    private static PcrePattern CompileExpression(PcreOption option)
    {
        PcreOptions flags = PcreOptions.None;
        flags |= option.Flags.HasFlag(PcreFlags.CaseInsensitive) ? PcreOptions.Caseless : 0;
        flags |= option.Flags.HasFlag(PcreFlags.DotMatchesNewline) ? PcreOptions.DotAll : 0;
        flags |= option.Flags.HasFlag(PcreFlags.Multiline) ? PcreOptions.MultiLine : 0;
        flags |= option.Flags.HasFlag(PcreFlags.Extended) ? PcreOptions.Extended : 0;
        flags |= option.Flags.HasFlag(PcreFlags.Anchored) ? PcreOptions.Anchored : 0;
        flags |= option.Flags.HasFlag(PcreFlags.DollarEndOnly) ? PcreOptions.DollarEndOnly : 0;
        flags |= option.Flags.HasFlag(PcreFlags.Ungreedy) ? PcreOptions.Ungreedy : 0;
        return PcrePattern.TryCompile(
            option.Expression.Span, flags, out PcrePattern? compiled, out PcreFault? fault)
            ? compiled!
            : throw new RuleSyntaxException("pcre", $"At byte {fault!.Offset}: {fault.Message}.");
    }

    /// <summary>Suricata's rules for when a rule is shown packets, streams, or a flow's first packets
    /// only.</summary>
    private static RuleScope ScopeOf(Rule rule, CompiledSection? payload)
    {
        if (rule.Sections.Count == 0 && !rule.HasPerPacketKeyword && rule.Tests.Count == 0
            && rule.Protocol.Scope == PayloadScope.Implied)
        {
            bool once = !rule.Sources.HasNegation && !rule.Destinations.HasNegation;
            return (once ? RuleScope.FlowOnce : RuleScope.Packet) | RuleScope.ActsOnFlow;
        }
        bool tcp = rule.Protocol.Transports.HasFlag(TransportSet.Tcp);
        bool streamOnly = rule.Protocol.Scope == PayloadScope.StreamOnly
            || rule.Flow.HasFlag(FlowConditions.OnlyStream);
        bool packetOnly = rule.Protocol.Scope == PayloadScope.PacketOnly || rule.NeedsPacket;
        if (payload is null || !tcp || (packetOnly && !streamOnly))
        {
            return RuleScope.Packet;
        }
        bool needsPacketToo = packetOnly || (!streamOnly && HasPlace(rule));
        return needsPacketToo ? RuleScope.Stream | RuleScope.Packet : RuleScope.Stream;
    }

    /// <summary>A content with offset or depth, or a stream_size, makes a TCP rule look at packets as
    /// well.</summary>
    private static bool HasPlace(Rule rule) =>
        rule.Tests.Any(t => t is StreamSizeTest)
        || rule.Sections.Where(s => s.Buffer == RuleBuffer.Payload).SelectMany(
        s => s.Options).OfType<ContentOption>()
            .Any(c => c.Offset is not null || c.Depth is not null || c.StartsWith);

    private static ContentOption? ChooseFastPattern(Rule rule)
    {
        var contents = rule.Sections.Where(s => s.Buffer == RuleBuffer.Payload).SelectMany(s => s.Options)
            .OfType<ContentOption>().Where(c => !c.Negated).ToList();
        return contents.Find(c => c.FastPattern) ?? contents.MaxBy(Strength);
    }

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
