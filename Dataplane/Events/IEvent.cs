namespace Dataplane.Events;

/// <summary>The body of an event: unmanaged, at most 24 bytes,
/// first field its parent's body (engine §11).</summary>
public interface IEvent;

/// <summary>Declares an event type: its name under its parent in the tree.</summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class EventAttribute(string name) : Attribute
{
    /// <summary>Last part of the path: "SYN" in EVENT/PKT/TCP/SYN.</summary>
    public string Name { get; } = name;

    /// <summary>Body type of the parent; null only for the root.</summary>
    public Type? Parent { get; init; }

    /// <summary>The one printed path where it is not the path in the tree,
    /// as for the paper's EVENT/DPI_DETECT.</summary>
    public string? Alias { get; init; }

    /// <summary>A further name accepted on input, such as PKT_IN.</summary>
    public string? AlsoKnownAs { get; init; }
}

/// <summary>Says that a type has one child for each value of one of its fields, with its own body: the name
/// at place n belongs to value n; an empty name to none.</summary>
/// <remarks>Subscribers of the type hear them all; publishers say
/// <c>EventKinds&lt;T&gt;.TypeOf(value)</c>.</remarks>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class EventKindsAttribute(params string[] names) : Attribute
{
    /// <summary>Last parts of the paths, by value.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}

/// <summary>Marks an event type that people hear of unasked: it goes to the notice spool.</summary>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class NoticeAttribute(Severity severity) : Attribute
{
    public Severity Severity { get; } = severity;

    /// <summary>Listed among the alerts, too.</summary>
    public bool Alert { get; init; }

    /// <summary>What people read; empty: the last part of the path in words.</summary>
    public string Title { get; init; } = "";

    /// <summary>Name of the side field that titles the notice where it has a text; a title with {field} in it
    /// takes the text there.</summary>
    public string? TitleField { get; init; }
}

/// <summary>How much a notice matters to people.</summary>
public enum Severity : byte
{
    High = 1,
    Medium = 2,
    Low = 3,
    Information = 4,
}

/// <summary>Says what a field of an event's side block holds, in order;
/// texts are length-prefixed (u16).</summary>
[AttributeUsage(AttributeTargets.Struct, AllowMultiple = true)]
public sealed class SideFieldAttribute(string name, SideFieldType type) : Attribute
{
    public string Name { get; } = name;

    public SideFieldType Type { get; } = type;
}

/// <summary>Types of side block fields; numbers in the machine's byte order.</summary>
public enum SideFieldType : byte
{
    UInt32,
    UInt64,
    Text,
}
