using Dataplane.Contract.Configuration;
using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>One NF of a document while its chain is being planned.</summary>
/// <param name="Chain">Its chain.</param>
/// <param name="Definition">What the document says.</param>
/// <param name="Path">JSON pointer of the NF.</param>
/// <param name="Stage">Number of its stage.</param>
/// <param name="Index">Place in delivery order.</param>
/// <param name="Manifest">Its kind.</param>
/// <param name="Options">Its options; null when there are none or they are wrong.</param>
internal sealed record NfDraft(
    ChainDefinition Chain, NfDefinition Definition, string Path, int Stage, int Index,
    NfManifest Manifest, object? Options)
{
    /// <summary>Its links, in the order of their bits.</summary>
    public List<LinkDraft> Links { get; } = [];
}

/// <summary>One subscription that gets a bit.</summary>
/// <param name="Declaration">The compiled link.</param>
/// <param name="StandsFor">Name by which the NF switches it.</param>
/// <param name="Filter">Flows it is for.</param>
/// <param name="Definition">The subscription as a document would write it.</param>
internal sealed record LinkDraft(
    LinkDeclaration Declaration, string StandsFor, FlowFilter Filter, SubscriptionDefinition Definition);

/// <summary>Which event types somebody in a chain publishes: the stacks, and the chain's NFs.</summary>
internal sealed class PublishedTypes(IEnumerable<NfManifest> manifests)
{
    private static readonly ushort[] ByStacks =
    [
        EventType<PacketEvent>.Id, EventType<FlowEvent>.Id, EventType<TcpEvent>.Id, EventType<DataReady>.Id,
        EventType<ChainEvent>.Id, EventType<SystemEvent>.Id, EventType<AppEvent>.Id,
    ];

    private readonly ushort[] _published =
        [.. ByStacks, .. manifests.SelectMany(manifest => manifest.Publishes)];

    /// <summary>True when a subscription to the type can hear anything (E2).</summary>
    public bool Reach(ushort subscribed) =>
        _published.Any(type => EventTree.IsA(type, subscribed) || EventTree.IsA(subscribed, type));
}
