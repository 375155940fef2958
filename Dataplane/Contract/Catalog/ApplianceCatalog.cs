namespace Dataplane.Contract.Catalog;

/// <summary>What this build of the dataplane can do: NF kinds, event types and µStacks.</summary>
public sealed record ApplianceCatalog
{
    public required string Version { get; init; }

    public IReadOnlyList<NfKind> NfKinds { get; set; } = [];

    public IReadOnlyList<EventType> EventTypes { get; set; } = [];

    public IReadOnlyList<MicroStackKind> MicroStacks { get; set; } = [];
}
