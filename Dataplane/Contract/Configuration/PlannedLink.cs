namespace Dataplane.Contract.Configuration;

/// <summary>One link bit and the subscription behind it.</summary>
public sealed record PlannedLink(int Bit, SubscriptionDefinition Subscription);
