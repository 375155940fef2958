namespace Dataplane.Contract.Catalog;

/// <summary>One µStack and the events it publishes.</summary>
public sealed record MicroStackKind
{
    public required string Kind { get; init; }

    /// <summary>The µStack below; null for the first.</summary>
    public string? Above { get; set; }

    public required string Title { get; init; }

    public string Summary { get; set; } = "";

    public IReadOnlyList<string> Publishes { get; set; } = [];
}
