using Dataplane.Contract.Configuration;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>How the TCP monitor judges segments; the defaults are those of a capture.</summary>
public sealed record TcpSettings
{
    /// <summary>
    /// False: each SYN of another number begins a new connection and every segment counts, as people read a
    /// capture. True, for live traffic: what the receiver would not take changes nothing, and a SYN inside an
    /// open connection counts when the other end answers it (RFC 5961).
    /// </summary>
    public bool IsStrict { get; init; }

    public ChecksumRule Checksums { get; init; }

    public MidstreamRule Midstream { get; init; }

    public UrgentRule Urgent { get; init; }

    /// <summary>Segments with fewer hops left may not arrive; 0 turns it off.</summary>
    public int TtlMin { get; init; }

    /// <summary>Bytes of each side that are put in order.</summary>
    public ulong StreamDepth { get; init; } = ulong.MaxValue;

    /// <summary>Drop what contradicts bytes that passed before, where somebody may drop.</summary>
    public bool DropsInconsistent { get; init; } = true;

    public HostPolicies Hosts { get; init; } = HostPolicies.None;

    /// <summary>True when even the plainest segment must be looked into.</summary>
    internal bool LooksIntoAll => Checksums != ChecksumRule.Ignore || TtlMin > 0;

    /// <summary>What a document asks for; where it leaves the choice, live traffic is judged
    /// strictly.</summary>
    public static TcpSettings Of(StackDefinition stack, bool isLive) => new()
    {
        IsStrict = stack.Acceptance == AcceptanceRule.Receiver
            || (isLive && stack.Acceptance == AcceptanceRule.Auto),
        Checksums = stack.Checksums,
        Midstream = stack.Midstream,
        Urgent = stack.Urgent,
        TtlMin = stack.TtlMin,
        StreamDepth = stack.StreamDepth == 0 ? ulong.MaxValue : (ulong)stack.StreamDepth,
        DropsInconsistent = stack.DropInconsistent,
        Hosts = new HostPolicies(stack.HostPolicies),
    };
}
