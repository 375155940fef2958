namespace Dataplane.Contract.Configuration;

/// <summary>Where one NF runs and why, with the subscriptions it got and their link bits.</summary>
public sealed record PlannedNf(
    string Name, string Kind, int Stage, string Placement, string Reason, IReadOnlyList<PlannedLink> Links);
