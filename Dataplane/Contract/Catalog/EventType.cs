namespace Dataplane.Contract.Catalog;

/// <summary>One node of the event tree.</summary>
public sealed record EventType
{
    /// <summary>The number that event records and spool records carry; stable within one catalogue.</summary>
    public required int Number { get; init; }

    /// <summary>The printed path, EVENT/… .</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Other names understood on input, such as PKT_IN or the nested form of a paper's name.
    /// </summary>
    public IReadOnlyList<string> Aliases { get; set; } = [];

    /// <summary>Path of the parent in the tree; null for EVENT.</summary>
    public string? Parent { get; set; }

    public string Summary { get; set; } = "";

    /// <summary>Fields of the record's 24-byte body, parents' first; offsets from the body's start.</summary>
    public IReadOnlyList<EventField> Fields { get; set; } = [];

    /// <summary>
    /// Fields that a notice of this type has beyond the record's; offsets from the body's start.
    /// </summary>
    public IReadOnlyList<EventField> NoticeFields { get; set; } = [];

    /// <summary>Null for types that people do not hear unasked.</summary>
    public NoticeMark? Notice { get; set; }

    /// <summary>NF kinds and µStacks that publish it.</summary>
    public IReadOnlyList<string> Publishers { get; set; } = [];
}
