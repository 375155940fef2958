using System.Text.Json;
using Dataplane.Contract.Configuration;

namespace Dataplane.Contract.Catalog;

/// <summary>One kind of NF: what it reads and writes, hears and says, and what may be set.</summary>
public sealed record NfKind
{
    /// <summary>Kebab-case, as in documents.</summary>
    public required string Kind { get; init; }

    public required string Title { get; init; }

    public required string Summary { get; init; }

    /// <summary>read, write or drop: the most that the NF may do to a packet.</summary>
    public required string Access { get; init; }

    /// <summary>What it hears when the document names no subscriptions.</summary>
    public IReadOnlyList<SubscriptionDefinition> Subscriptions { get; set; } = [];

    /// <summary>Paths of the event types it publishes.</summary>
    public IReadOnlyList<string> Publishes { get; set; } = [];

    /// <summary>JSON Schema of the options.</summary>
    public JsonElement Options { get; set; }
}
