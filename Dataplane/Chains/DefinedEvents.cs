using System.Reflection;
using Dataplane.Contract.Configuration;
using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>The events of a document's own, checked, and those that types bring along by
/// [RaisedBy].</summary>
internal sealed class DefinedEvents
{
    /// <summary>How many a document may define.</summary>
    public const int DefinedMax = 128;

    private readonly Dictionary<string, DefinedEvent> _byPath = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<ushort, DefinedEvent> _byType = [];
    private readonly Dictionary<Type, EventFilter> _filters = [];

    /// <summary>Reads a document's definitions; each may build on those before it.</summary>
    public DefinedEvents(IReadOnlyList<EventDefinition> definitions, List<ConfigFault> faults)
    {
        if (definitions.Count > DefinedMax)
        {
            faults.Add(new ConfigFault("/events", "too-many",
                $"There are {definitions.Count} events; at most {DefinedMax} fit.",
                $"Remove {definitions.Count - DefinedMax}."));
            return;
        }

        for (int i = 0; i < definitions.Count; i++)
        {
            Read(definitions[i], $"/events/{i}", faults);
        }
    }

    /// <summary>Paths of the document's own events.</summary>
    public IEnumerable<string> Paths => _byPath.Keys;

    /// <summary>Finds an event of the document.</summary>
    public DefinedEvent? Find(string path) => _byPath.GetValueOrDefault(path.Trim().TrimEnd('/'));

    /// <summary>The definition of a type that a filter raises; null for types that are published.</summary>
    public DefinedEvent? OfType(ushort type)
    {
        if (_byType.TryGetValue(type, out DefinedEvent? known))
        {
            return known;
        }

        EventTypeEntry entry = EventTree.Types[type];
        if (entry.KindValue is not null
            || entry.Body.GetCustomAttribute<RaisedByAttribute>() is not { } raised || entry.Parent is null)
        {
            return null;
        }

        if (!_filters.TryGetValue(raised.Filter, out EventFilter? filter))
        {
            filter = NfCatalog.FilterOf(raised.Filter, EventTree.Types[entry.Parent.Value]);
            _filters.Add(raised.Filter, filter);
        }

        var defined = new DefinedEvent
        {
            Path = entry.Path,
            Base = entry.Parent.Value,
            Type = type,
            Filter = filter,
            Bit = raised.Bit,
        };
        _byType.Add(type, defined);
        return defined;
    }

    private void Read(EventDefinition definition, string path, List<ConfigFault> faults)
    {
        DefinedEvent? above = Find(definition.Base);
        ushort type = above?.Base ?? 0;
        if (above is null && !EventTree.TryFind(definition.Base, out type))
        {
            string nearest = NearestName.Of(
                definition.Base, [.. EventTree.Types.Select(t => t.Path), .. _byPath.Keys]);
            faults.Add(new ConfigFault(path + "/base", "unknown-event",
                $"There is no event type {definition.Base}.", $"Did you mean {nearest}?"));
            return;
        }

        string[] bases = above is not null
            ? [above.Path]
            : [EventTree.Types[type].Path, EventTree.Types[type].TreePath];
        if (!Array.Exists(bases, b => IsChildOf(definition.Path, b)))
        {
            faults.Add(new ConfigFault(path + "/path", "not-below-base",
                $"{definition.Path} is not a child of its base {bases[0]}.",
                $"Write {bases[0]}/ and one name."));
            return;
        }

        if (Find(definition.Path) is not null || EventTree.TryFind(definition.Path, out _))
        {
            faults.Add(new ConfigFault(path + "/path", "duplicate-name",
                $"There is an event type {definition.Path} already.", "Give this one another name."));
            return;
        }

        if (!EventPredicate.TryParse(
            definition.Where, type, out EventPredicate? predicate, out string? fault))
        {
            faults.Add(new ConfigFault(path + "/where", "bad-predicate", fault!,
                "Write a test of the base's fields, such as: payloadLength > 1000."));
            return;
        }

        _byPath.Add(definition.Path, new DefinedEvent
        {
            Path = definition.Path,
            Base = type,
            Type = type,
            Number = (byte)(_byPath.Count + 1),
            Filter = EventFilter.Of(predicate!),
            Above = above,
        });
    }

    private static bool IsChildOf(string path, string parent) =>
        path.StartsWith(parent + "/", StringComparison.OrdinalIgnoreCase)
        && !path.AsSpan(parent.Length + 1).Contains('/') && path.Length > parent.Length + 1;
}
