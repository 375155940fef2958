namespace Dataplane.Inspection.Rules;

/// <summary>One line of `threshold.config`. Without a threshold it suppresses alerts: of all packets, or of
/// those whose source, destination or either is one of the addresses.</summary>
public sealed record ThresholdLine(uint Gid, uint Sid, ThresholdOption? Threshold)
{
    public AddressSet? Addresses { get; init; }

    /// <summary>Which end's address is meant; null: either.</summary>
    public ThresholdTrack? By { get; init; }

    /// <summary>What a rate_filter makes of a rule's action once the rate is passed.</summary>
    public RuleAction? NewAction { get; init; }

    /// <summary>For how long.</summary>
    public uint TimeoutSeconds { get; init; }

    public bool IsAbout(Rule rule) => (Gid == 0 || Gid == rule.Gid) && (Sid == 0 || Sid == rule.Sid);
}
