using System.Reflection;
using System.Runtime.CompilerServices;

namespace Dataplane.Events;

/// <summary>All event types of this build, numbered in pre-order so that IsA is two compares.</summary>
/// <remarks>
/// Built once from the <see cref="EventAttribute"/>s of this assembly and of those loaded that refer to it
/// (NFs may bring types of their own, below any node); frozen afterwards.
/// </remarks>
public static class EventTree
{
    /// <summary>Largest body an event type may have.</summary>
    public const int BodyBytesMax = 24;

    private static readonly EventTypeEntry[] Entries = Build();
    private static readonly Dictionary<Type, ushort> ByBody =
        Entries.Where(e => e.KindValue is null).ToDictionary(e => e.Body, e => e.Id);
    private static readonly Dictionary<string, ushort> ByPath = IndexPaths();

    /// <summary>Every type, in the order of its number.</summary>
    public static IReadOnlyList<EventTypeEntry> Types => Entries;

    /// <summary>The number of a body type.</summary>
    public static ushort IdOf(Type body) =>
        ByBody.TryGetValue(body, out ushort id)
            ? id
            : throw new ArgumentException($"{body.Name} is not an event: it has no [Event] attribute.");

    /// <summary>Finds a type by its printed path, its path in the tree, or an alias such as PKT_IN.</summary>
    public static bool TryFind(string path, out ushort id) =>
        ByPath.TryGetValue(path.Trim().TrimEnd('/'), out id);

    /// <summary>True when <paramref name="type"/> is <paramref name="ancestor"/> or below it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsA(ushort type, ushort ancestor) =>
        type >= ancestor && type <= Entries[ancestor].LastDescendant;

    /// <summary>
    /// Assemblies that may declare event types and NFs: this one, those loaded that refer to it, and those
    /// that they refer to in turn. The last are loaded here: the answer must not depend on what ran before.
    /// </summary>
    internal static IReadOnlyCollection<Assembly> Assemblies()
    {
        Assembly own = typeof(EventTree).Assembly;
        var found = new HashSet<Assembly> { own };
        var open = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(RefersToOwn));
        while (open.TryDequeue(out Assembly? assembly))
        {
            if (found.Add(assembly))
            {
                var beside = assembly.GetReferencedAssemblies().Where(IsBeside).Select(Assembly.Load);
                foreach (Assembly other in beside.Where(RefersToOwn))
                {
                    open.Enqueue(other);
                }
            }
        }

        return found;

        bool RefersToOwn(Assembly assembly) =>
            assembly.GetReferencedAssemblies().Any(reference => reference.Name == own.GetName().Name);

        static bool IsBeside(AssemblyName name) =>
            File.Exists(Path.Combine(AppContext.BaseDirectory, $"{name.Name}.dll"));
    }

    private static EventTypeEntry[] Build()
    {
        var declared = Assemblies().SelectMany(assembly => assembly.GetTypes())
            .Select(t => (Body: t, Attribute: t.GetCustomAttribute<EventAttribute>()))
            .Where(t => t.Attribute is not null)
            .Select(t => (t.Body, Attribute: t.Attribute!))
            .OrderBy(t => t.Attribute.Name, StringComparer.Ordinal)
            .ToArray();
        var entries = new List<EventTypeEntry>(declared.Length);
        foreach (var root in declared.Where(t => t.Attribute.Parent is null))
        {
            Add(entries, declared, root.Body, root.Attribute, parent: null);
        }

        return [.. entries];
    }

    private static void Add(
        List<EventTypeEntry> entries,
        (Type Body, EventAttribute Attribute)[] declared,
        Type body,
        EventAttribute attribute,
        EventTypeEntry? parent)
    {
        string treePath = parent is null ? attribute.Name : $"{parent.TreePath}/{attribute.Name}";
        var entry = new EventTypeEntry
        {
            Id = (ushort)entries.Count,
            Body = body,
            Parent = parent?.Id,
            TreePath = treePath,
            Path = attribute.Alias ?? treePath,
            AlsoKnownAs = attribute.AlsoKnownAs,
            Notice = body.GetCustomAttribute<NoticeAttribute>(),
            SideFields = [.. body.GetCustomAttributes<SideFieldAttribute>()],
        };
        entries.Add(entry);
        var children = declared.Where(t => t.Attribute.Parent == body).ToArray();
        AddKinds(entries, entry, [.. children.Select(child => child.Attribute.Name)]);
        foreach (var child in children)
        {
            Add(entries, declared, child.Body, child.Attribute, entry);
        }

        entry.LastDescendant = (ushort)(entries.Count - 1);
    }

    /// <summary>Children that [EventKinds] names, but those that have a body of their own.</summary>
    private static void AddKinds(List<EventTypeEntry> entries, EventTypeEntry parent, string[] withBody)
    {
        var names = parent.Body.GetCustomAttribute<EventKindsAttribute>()?.Names ?? [];
        for (int value = 0; value < names.Count; value++)
        {
            if (names[value].Length == 0 || withBody.Contains(names[value]))
            {
                continue;
            }

            string path = $"{parent.TreePath}/{names[value]}";
            entries.Add(new EventTypeEntry
            {
                Id = (ushort)entries.Count,
                Body = parent.Body,
                Parent = parent.Id,
                TreePath = path,
                Path = path,
                Notice = parent.Notice,
                SideFields = parent.SideFields,
                KindValue = value,
                LastDescendant = (ushort)entries.Count,
            });
        }
    }

    private static Dictionary<string, ushort> IndexPaths()
    {
        var paths = new Dictionary<string, ushort>(StringComparer.OrdinalIgnoreCase);
        foreach (EventTypeEntry entry in Entries)
        {
            paths[entry.TreePath] = entry.Id;
            paths[entry.Path] = entry.Id;
            if (entry.AlsoKnownAs is not null)
            {
                paths[entry.AlsoKnownAs] = entry.Id;
            }
        }

        return paths;
    }
}

/// <summary>What the tree knows of one event type.</summary>
public sealed class EventTypeEntry
{
    /// <summary>Pre-order number; the descendants follow without a hole.</summary>
    public required ushort Id { get; init; }

    /// <summary>The body's type.</summary>
    public required Type Body { get; init; }

    /// <summary>Number of the parent; null for the root.</summary>
    public required ushort? Parent { get; init; }

    /// <summary>Path as nested in the tree.</summary>
    public required string TreePath { get; init; }

    /// <summary>The one printed path.</summary>
    public required string Path { get; init; }

    public string? AlsoKnownAs { get; init; }

    public NoticeAttribute? Notice { get; init; }

    public IReadOnlyList<SideFieldAttribute> SideFields { get; init; } = [];

    /// <summary>The value of its parent's kind that it stands for, with its parent's body; null for types of
    /// their own.</summary>
    public int? KindValue { get; init; }

    /// <summary>Number of the last type below this one; its own number for a leaf.</summary>
    public ushort LastDescendant { get; internal set; }
}

/// <summary>The number of an event type, a constant to compiled code.</summary>
public static class EventType<T>
    where T : unmanaged, IEvent
{
    /// <summary>Pre-order number in the <see cref="EventTree"/>.</summary>
    public static readonly ushort Id = EventTree.IdOf(typeof(T));

    /// <summary>True when people hear of it unasked.</summary>
    public static readonly bool IsNotice = EventTree.Types[Id].Notice is not null;
}

/// <summary>The children of an event type that stand for the values of its kind.</summary>
public static class EventKinds<T>
    where T : unmanaged, IEvent
{
    private static readonly ushort[] Types = Build();

    /// <summary>The child for a value; the type itself where it has none.</summary>
    public static ushort TypeOf(int value) =>
        (uint)value < (uint)Types.Length ? Types[value] : EventType<T>.Id;

    private static ushort[] Build()
    {
        string path = EventTree.Types[EventType<T>.Id].TreePath;
        var names = typeof(T).GetCustomAttribute<EventKindsAttribute>()?.Names ?? [];
        return [.. names.Select(name =>
            name.Length > 0 && EventTree.TryFind($"{path}/{name}", out ushort id) ? id : EventType<T>.Id)];
    }
}
