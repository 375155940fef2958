namespace Dataplane.Contract.Configuration;

/// <summary>Where one NF runs and why, with the subscriptions it got and their link bits.</summary>
public sealed record PlannedNf(
    string Name, string Kind, int Stage, string Placement, string Reason, IReadOnlyList<PlannedLink> Links)
{
    /// <summary>The first NF that waits for its answer about a packet; "end" when only the packet's end
    /// does; empty when nobody waits or it runs inline.</summary>
    public string JoinedBefore { get; set; } = "";

    /// <summary>What happens when its ring is full: block or shed; empty when it runs inline.</summary>
    public string OnFull { get; set; } = "";
}
