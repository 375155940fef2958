using Dataplane.Contract.Configuration;

namespace ControlApi.Contract.Configuration;

/// <summary>What one NF hears: what the document says, or what its kind declares; and what it says.</summary>
public sealed record NfSubscriptions(
    string Nf, string Kind, int Stage, bool Declared, IReadOnlyList<SubscriptionDefinition> Subscriptions,
    IReadOnlyList<string> Publishes);
