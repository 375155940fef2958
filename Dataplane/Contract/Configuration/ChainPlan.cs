namespace Dataplane.Contract.Configuration;

/// <summary>What the dataplane would run for a document, with its reasons, for people to read.</summary>
public sealed record ChainPlan(IReadOnlyList<PlannedChain> Chains);
