namespace Dataplane.Events;

/// <summary>An event that is raised where a filter over its base type says so.</summary>
public sealed class DefinedEvent
{
    /// <summary>Its path.</summary>
    public required string Path { get; init; }

    /// <summary>The type it is raised from, and whose descendants raise it, too.</summary>
    public required ushort Base { get; init; }

    /// <summary>What its records carry: a type of its own, or its base's for events of documents.</summary>
    public required ushort Type { get; init; }

    /// <summary>From 1, for events of documents: what <see cref="EventRecord.Defined"/> holds; else
    /// 0.</summary>
    public byte Number { get; init; }

    /// <summary>Says when.</summary>
    public required EventFilter Filter { get; init; }

    /// <summary>The filter's bit.</summary>
    public int Bit { get; init; }

    /// <summary>Where several definitions build on each other: all that must hold besides.</summary>
    public DefinedEvent? Above { get; init; }
}

/// <summary>One of a link's conditions: events of a type, where they pass a test, or as a defined
/// event.</summary>
/// <param name="Type">The type in the tree; descendants are included.</param>
/// <param name="Where">A predicate, or null.</param>
/// <param name="Defined">The defined event that the link names, or null for the type itself.</param>
public sealed record LinkTest(ushort Type, EventPredicate? Where, DefinedEvent? Defined);
