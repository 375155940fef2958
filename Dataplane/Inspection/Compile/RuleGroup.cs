using Dataplane.Inspection.Rules;

namespace Dataplane.Inspection.Compile;

/// <summary>The rules that a packet of one transport, direction and port class can match.</summary>
public sealed class RuleGroup(LiteralIndex literals, CompiledRule[] rules)
{
    private readonly int[] _always =
        [.. rules.Where(r => r.FastPattern is null && !r.IsFlowOnce).Select(r => r.Index)];
    private readonly int[] _once = [.. rules.Where(r => r.IsFlowOnce).Select(r => r.Index)];

    /// <summary>Shared by all port classes of one transport and direction.</summary>
    public LiteralIndex Literals { get; } = literals;

    public int RuleCount { get; } = rules.Length;

    /// <summary>Rules without a fast pattern, in order of evaluation.</summary>
    public ReadOnlySpan<int> Always => _always;

    /// <summary>Rules that look at the first packet of a flow's direction only, in order of
    /// evaluation.</summary>
    public ReadOnlySpan<int> Once => _once;

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
}
