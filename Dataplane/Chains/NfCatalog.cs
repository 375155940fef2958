using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Chains;

/// <summary>All NF kinds of this build, found by their attribute,
/// and how instances of them are made.</summary>
public sealed class NfCatalog
{
    private readonly Dictionary<string, NfManifest> _byKind;

    private NfCatalog(IEnumerable<Type> types)
    {
        Manifests = [.. types.Select(NfManifest.Of).OrderBy(m => m.Kind, StringComparer.Ordinal)];
        _byKind = Manifests.ToDictionary(m => m.Kind, StringComparer.Ordinal);
    }

    /// <summary>Every kind, by name.</summary>
    public IReadOnlyList<NfManifest> Manifests { get; }

    /// <summary>The NFs of this assembly and of those loaded that refer to it.</summary>
    public static NfCatalog Scan() =>
        new(EventTree.Assemblies().SelectMany(a => a.GetTypes())
            .Where(t => t.GetCustomAttribute<NetworkFunctionAttribute>() is not null));

    /// <summary>A catalogue of the given classes only.</summary>
    public static NfCatalog Of(params IEnumerable<Type> types) => new(types);

    /// <summary>Finds a kind by its name in documents.</summary>
    public bool TryFind(string kind, [NotNullWhen(true)] out NfManifest? manifest) =>
        _byKind.TryGetValue(kind, out manifest);

    /// <summary>Makes an instance: its Options, per-flow state,
    /// and resources go to the constructor by type.</summary>
    /// <param name="manifest">The kind.</param>
    /// <param name="options">Its Options record.</param>
    /// <param name="flowMax">Flows of the worker: the size of each <c>PerFlow</c>.</param>
    /// <param name="resources">Everything else a constructor may ask for.</param>
    /// <param name="perFlow">Receives the per-flow state made, to be cleared when flows begin.</param>
    public static INetworkFunction Create(
        NfManifest manifest, object? options, uint flowMax, INfResources resources,
        ICollection<PerFlow> perFlow)
    {
        object?[] arguments = [.. manifest.Constructor.GetParameters().Select(
            parameter => Argument(manifest, parameter, options, flowMax, resources, perFlow))];
        return (INetworkFunction)manifest.Constructor.Invoke(arguments);
    }

    /// <summary>A link from events to the NF's handler of an event type.</summary>
    internal static Link LinkTo(INetworkFunction nf, ushort handled) =>
        (Link)Activator.CreateInstance(typeof(Link<>).MakeGenericType(EventTree.Types[handled].Body), nf)!;

    /// <summary>A filter class as the bus calls it.</summary>
    internal static EventFilter FilterOf(Type filter, EventTypeEntry over)
    {
        if (!typeof(IEventFilter<>).MakeGenericType(over.Body).IsAssignableFrom(filter))
        {
            string others = string.Join(", ", filter.GetInterfaces()
                .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEventFilter<>))
                .Select(i => EventTree.Types[EventTree.IdOf(i.GetGenericArguments()[0])].Path));
            throw new ArgumentException(
                $"{filter.Name} filters {(others.Length == 0 ? "nothing" : others)}; a child of {over.Path} "
                + $"needs an IEventFilter<{over.Body.Name}>.");
        }

        return (EventFilter)Activator.CreateInstance(
            typeof(EventFilter.Typed<,>).MakeGenericType(filter, over.Body))!;
    }

    private static object? Argument(
        NfManifest manifest, ParameterInfo parameter, object? options, uint flowMax,
        INfResources resources, ICollection<PerFlow> perFlow)
    {
        Type type = parameter.ParameterType;
        if (type == manifest.OptionsType)
        {
            return options;
        }

        if (type == typeof(INfResources))
        {
            return resources;
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(PerFlow<>))
        {
            var state = (PerFlow)Activator.CreateInstance(type, flowMax)!;
            perFlow.Add(state);
            return state;
        }

        return resources.Find(type, "")
            ?? throw new InvalidOperationException(
                $"{manifest.Kind} asks for {type.Name}, which this dataplane has not; remove the NF from "
                + $"the chain.");
    }
}
