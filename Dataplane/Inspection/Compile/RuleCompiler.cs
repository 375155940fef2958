using Dataplane.Inspection.Rules;
using Dataplane.Native.Pcre2;

namespace Dataplane.Inspection.Compile;

/// <summary>Turns checked rules into ones that can be verified; throws <see cref="RuleSyntaxException"/> for
/// an expression that does not compile.</summary>
internal sealed class RuleCompiler(RuleVariableNames names, BufferViews views, DataSets sets)
{
    /// <summary>The keyword or buffer of a rule that nothing inspects yet, or null.</summary>
    public static RejectedRule? Refuse(Rule rule)
    {
        string? first = rule.NotInspected.Count > 0 ? rule.NotInspected[0] : NotParsed(rule);
        return first is null ? null
            : new RejectedRule(
                rule.File, rule.Line, rule.Sid, first, $"Nothing in this build inspects '{first}' yet.");
    }

    public CompiledRule Compile(Rule rule)
    {
        CompiledSection? payload = null;
        var headers = new List<CompiledSection>();
        var application = new List<CompiledSection>();
        foreach (BufferSection section in rule.Sections)
        {
            CompiledSection compiled = CompileSection(section, rule.File);
            if (section.Buffer.Source == BufferSource.Payload)
            {
                payload = compiled;
            }
            else
            {
                (section.Buffer.Source == BufferSource.Application ? application : headers).Add(compiled);
            }
        }
        CompiledTest[] tests = [.. rule.ApplicationTests.Select(t => new CompiledTest(t))];
        var sections = new CompiledSections(payload, [.. headers], [.. application]);
        return new CompiledRule(rule, ScopeOf(rule, sections), sections, tests, names);
    }

    /// <summary>The first buffer, test or protocol that no parser here offers.</summary>
    private static string? NotParsed(Rule rule)
    {
        foreach (BufferSection section in rule.Sections)
        {
            if (section.Buffer.Source == BufferSource.Application
                && ApplicationFields.TextOf(section.Buffer.Name) < 0)
            {
                return section.Buffer.Name;
            }
        }
        ApplicationTest? unknown = rule.ApplicationTests.Find(t => ApplicationFields.NumberOf(t) < 0);
        return unknown?.Name
            ?? (rule.Application is { } name && Applications.Mask(name) == 0 ? $"protocol {name}" : null);
    }

    private CompiledSection CompileSection(BufferSection section, string file) =>
        new(views.Of(section), [.. section.Options.Select(o => CompileStep(o, file))]);

    private CompiledStep CompileStep(PayloadOption option, string file) => option switch
    {
        ContentOption content => new CompiledStep(content),
        PcreOption pcre => new CompiledStep(pcre, CompileExpression(pcre)),
        Base64Option base64 => new CompiledStep(base64, CompileSection(base64.Decoded, file)),
        DatasetOption dataset => new CompiledStep(dataset, sets.Of(dataset, file)),
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

    /// <summary>Suricata's rules for when a rule is shown packets, streams, transactions, or a flow's first
    /// packets only.</summary>
    private static RuleScope ScopeOf(Rule rule, CompiledSections sections)
    {
        CompiledSection? payload = sections.Payload;
        bool isTransaction = sections.Application.Length > 0 || rule.ApplicationTests.Count > 0;
        bool namesOnly = rule.Application is not null && rule.Sections.Count == 0 && rule.Tests.Count == 0;
        bool isBare = rule.Sections.Count == 0 && !rule.HasPerPacketKeyword && rule.Tests.Count == 0
            && rule.Application is null && !isTransaction;
        if (isBare && rule.Protocol.Scope == PayloadScope.Implied)
        {
            bool once = !rule.Sources.HasNegation && !rule.Destinations.HasNegation;
            return (once ? RuleScope.FlowOnce : RuleScope.Packet) | RuleScope.ActsOnFlow;
        }
        if (isTransaction && payload is null)
        {
            return RuleScope.Transaction | RuleScope.ActsOnFlow;
        }
        RuleScope transaction = isTransaction ? RuleScope.Transaction | RuleScope.ActsOnFlow : RuleScope.None;
        bool tcp = rule.Protocol.Transports.HasFlag(TransportSet.Tcp);
        bool streamOnly = rule.Protocol.Scope == PayloadScope.StreamOnly
            || rule.Flow.HasFlag(FlowConditions.OnlyStream);
        bool packetOnly = rule.Protocol.Scope == PayloadScope.PacketOnly || rule.NeedsPacket;
        if (payload is null || !tcp || (packetOnly && !streamOnly))
        {
            return transaction | RuleScope.Packet
                | (namesOnly || IsDetectionOnly(rule) ? RuleScope.ActsOnFlow : RuleScope.None);
        }
        bool needsPacketToo = packetOnly || (!streamOnly && HasPlace(rule));
        return transaction | (needsPacketToo ? RuleScope.Stream | RuleScope.Packet : RuleScope.Stream);
    }

    /// <summary>A rule about nothing but what the flow speaks is asked when that becomes known.</summary>
    internal static bool IsDetectionOnly(Rule rule) =>
        rule.Application is null && rule.Sections.Count == 0 && !rule.HasPerPacketKeyword
        && rule.Tests.Count > 0 && rule.Tests.TrueForAll(t => t is ApplicationProtocolTest)
        && rule.ApplicationTests.Count == 0;

    /// <summary>A content with offset or depth, or a stream_size, makes a TCP rule look at packets as
    /// well.</summary>
    private static bool HasPlace(Rule rule) =>
        rule.Tests.Any(t => t is StreamSizeTest)
        || rule.Sections.Where(s => s.Buffer == RuleBuffer.Payload).SelectMany(
        s => s.Options).OfType<ContentOption>()
            .Any(c => c.Offset is not null || c.Depth is not null || c.StartsWith);
}
