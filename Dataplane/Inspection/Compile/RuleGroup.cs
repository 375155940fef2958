using Dataplane.Events.Applications;
using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>The rules that a packet of one transport, direction and port class can match.</summary>
public sealed class RuleGroup(LiteralIndex literals, CompiledRule[] rules)
{
    /// <summary>More pairs of address sets than this are not looked at with a flow's first packet.</summary>
    public const int EndsMax = 16;

    private readonly int[] _always =
        [.. rules.Where(r => r.FastPattern is null && !r.IsFlowOnce).Select(r => r.Index)];
    private readonly int[] _once = [.. rules.Where(r => r.IsFlowOnce).Select(r => r.Index)];
    private readonly int[] _alwaysInStream =
        [.. rules.Where(r => r.FastPattern is null && r.WantsStream).Select(r => r.Index)];
    private readonly Rule[] _ends = EndsOf(rules);
    private readonly ulong _streamProtocols =
        ProtocolsOf(rules.Where(r => r.WantsStream));
    private readonly ulong _packetProtocols =
        ProtocolsOf(rules.Where(r => r.WantsPacket && !r.IsFlowOnce));

    /// <summary>Shared by all port classes of one transport and direction.</summary>
    public LiteralIndex Literals { get; } = literals;

    public int RuleCount { get; } = rules.Length;

    /// <summary>Rules without a fast pattern, in order of evaluation.</summary>
    public ReadOnlySpan<int> Always => _always;

    /// <summary>Rules that look at the first packet of a flow's direction only, in order of
    /// evaluation.</summary>
    public ReadOnlySpan<int> Once => _once;

    /// <summary>Rules without a fast pattern that look at pieces of a stream.</summary>
    public ReadOnlySpan<int> AlwaysInStream => _alwaysInStream;

    /// <summary>One rule for each pair of address sets; empty when there are more than <see
    /// cref="EndsMax"/>, or when a rule fits all addresses.</summary>
    public ReadOnlySpan<Rule> Ends => _ends;

    /// <summary>Bytes of a stream that must stay in sight when new ones come.</summary>
    public int HistoryBytes { get; } = rules.Where(r => r.WantsStream).Select(r => r.HistoryBytes)
        .DefaultIfEmpty(0).Max();

    /// <summary>True when some rule has to see packets after the first one of each direction.</summary>
    public bool WantsPackets { get; } = rules.Any(r => r.WantsPacket);

    public bool WantsStream { get; } = rules.Any(r => r.WantsStream);

    /// <summary>True when a rule looks at packets whatever they carry, so no depth of inspection ends
    /// it.</summary>
    public bool WantsHeaders { get; } =
        rules.Any(r => r is { WantsPacket: true, IsFlowOnce: false, Payload: null });

    /// <summary>True when a rule asks how much the other side has sent, so its packets must be heard
    /// too.</summary>
    public bool WantsOtherSide { get; } = rules.Any(r => r.Rule.Tests.Any(t => t is StreamSizeTest));

    /// <summary>True when a rule asks what the flow speaks, which is known when its first bytes are
    /// acknowledged.</summary>
    public bool NamesApplications { get; } = rules.Any(
        r => r.ApplicationMask != 0 || r.Rule.Tests.Any(t => t is ApplicationProtocolTest));

    /// <summary>True when rules are left once those for the first packet have been evaluated.</summary>
    public bool HasMoreThanOnce { get; } = rules.Any(r => !r.IsFlowOnce);

    public bool HasLiterals { get; } = rules.Any(r => r.FastPattern is not null);

    /// <summary>True when a rule for streams is left for a flow that speaks the protocol.</summary>
    public bool WantsStreamOf(AppProtocol protocol) => Applications.Has(_streamProtocols, protocol);

    /// <summary>True when a rule for packets is left for a flow that speaks the protocol.</summary>
    public bool WantsPacketsOf(AppProtocol protocol) => Applications.Has(_packetProtocols, protocol);

    private static ulong ProtocolsOf(IEnumerable<CompiledRule> rules) => rules.Aggregate(
        0UL, (all, rule) => all | (rule.ApplicationMask == 0 ? ulong.MaxValue : rule.ApplicationMask));

    private static Rule[] EndsOf(CompiledRule[] rules)
    {
        var kinds = new List<Rule>();
        foreach (CompiledRule rule in rules)
        {
            if (kinds.Exists(k => k.Bidirectional == rule.Rule.Bidirectional
                && k.Sources.IsSame(rule.Rule.Sources) && k.Destinations.IsSame(rule.Rule.Destinations)))
            {
                continue;
            }
            bool isAny = rule.Rule.Sources.IsAny && rule.Rule.Destinations.IsAny;
            if (isAny || kinds.Count == EndsMax)
            {
                return [];
            }
            kinds.Add(rule.Rule);
        }
        return [.. kinds];
    }
}
