using Dataplane.Contract.Configuration;

namespace ControlApi.Contract.Configuration;

/// <summary>
/// A chain of the active document, and the subscriptions that each of its NFs has in effect.
/// </summary>
public sealed record ChainView
{
    public required string Id { get; init; }

    /// <summary>The last revision that changed this chain: its ETag.</summary>
    public required uint Revision { get; init; }

    public required ChainDefinition Chain { get; init; }

    public required IReadOnlyList<NfSubscriptions> Subscriptions { get; init; }
}
