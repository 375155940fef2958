using System.ComponentModel;
using System.Reflection;
using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>What one NF class says of itself: kind, access, what it hears and says,
/// what may be set.</summary>
public sealed class NfManifest
{
    /// <summary>Branches that only stacks and the runtime publish.</summary>
    private static readonly ushort[] OfOthers =
    [
        EventType<PacketEvent>.Id, EventType<FlowEvent>.Id, EventType<TcpEvent>.Id, EventType<DataReady>.Id,
        EventType<AppEvent>.Id, EventType<ChainEvent>.Id, EventType<SystemEvent>.Id,
    ];

    private readonly bool[] _mayPublish;

    private NfManifest(Type type, NetworkFunctionAttribute attribute)
    {
        Type = type;
        Kind = attribute.Kind;
        Access = attribute.Access;
        StopsSides = attribute.StopsSides;
        Title = attribute.Title.Length == 0 ? attribute.Kind : attribute.Title;
        Summary = type.GetCustomAttribute<DescriptionAttribute>()?.Description ?? "";
        OptionsType = type.GetNestedType("Options", BindingFlags.Public);
        Handles = [.. BodiesOf(type, typeof(IHandle<>)).Select(EventTree.IdOf).Order()];
        Publishes = [.. BodiesOf(type, typeof(IPublish<>)).Select(EventTree.IdOf).Order()];
        _mayPublish =
        [
            .. EventTree.Types.Select(t => t.Id == EventType<DebugMessage>.Id
                || Publishes.Any(declared => EventTree.IsA(t.Id, declared))),
        ];
        Constructor = type.GetConstructors() is [ConstructorInfo only]
            ? only
            : throw new ArgumentException($"{type.Name} needs exactly one public constructor.");
        Subscriptions = [.. type.GetCustomAttributes<SubscribesAttribute>()];
        if (Subscriptions.Count == 0 && Handles.Count > 0)
        {
            Subscriptions = [new SubscribesAttribute("all", [.. BodiesOf(type, typeof(IHandle<>))])];
        }

        Profile = NfProfile.Of(type, attribute, Publishes, Subscriptions);
    }

    /// <summary>The NF's class.</summary>
    public Type Type { get; }

    /// <summary>Name in documents, kebab-case.</summary>
    public string Kind { get; }

    public PacketAccess Access { get; }

    /// <summary>It may stop listening to one side of a flow.</summary>
    public bool StopsSides { get; }

    /// <summary>What it does to packets and to the world.</summary>
    public NfProfile Profile { get; }

    /// <summary>Name for people.</summary>
    public string Title { get; }

    /// <summary>What it does, in a sentence.</summary>
    public string Summary { get; }

    /// <summary>The nested Options record; null when nothing can be set.</summary>
    public Type? OptionsType { get; }

    /// <summary>Numbers of the event types it has handlers for.</summary>
    public IReadOnlyList<ushort> Handles { get; }

    /// <summary>Numbers of the event types it may publish; what is below them, too.</summary>
    public IReadOnlyList<ushort> Publishes { get; }

    /// <summary>What it hears when the document names nothing.</summary>
    public IReadOnlyList<SubscribesAttribute> Subscriptions { get; }

    /// <summary>
    /// Types that it says it publishes and may not, each with the branch whose right it lacks: what stacks
    /// and the runtime publish is theirs alone, but an NF may add types of its own below.
    /// </summary>
    public IEnumerable<(ushort Type, ushort Branch)> PublishesWithoutRight() =>
        from type in Publishes
        from branch in OfOthers
        where EventTree.IsA(type, branch) && !IsOwnType(EventTree.Types[type].Body)
        select (type, branch);

    private bool IsOwnType(Type body) =>
        body.DeclaringType == Type || body.Assembly != typeof(EventTree).Assembly;

    internal ConstructorInfo Constructor { get; }

    /// <summary>The manifest of a class with [NetworkFunction].</summary>
    public static NfManifest Of(Type type)
    {
        NetworkFunctionAttribute attribute = type.GetCustomAttribute<NetworkFunctionAttribute>()
            ?? throw new ArgumentException($"{type.Name} is no NF: it has no [NetworkFunction] attribute.");
        return new NfManifest(type, attribute);
    }

    /// <summary>The handled type that an event goes to: the nearest ancestor;
    /// null when there is none.</summary>
    public ushort? HandlerFor(ushort eventType)
    {
        for (ushort? type = eventType; type is not null; type = EventTree.Types[type.Value].Parent)
        {
            if (Handles.Contains(type.Value))
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>True when the NF may publish events of that type.</summary>
    public bool MayPublish(ushort eventType) => _mayPublish[eventType];

    private static IEnumerable<Type> BodiesOf(Type type, Type word) =>
        type.GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == word)
            .Select(i => i.GetGenericArguments()[0]);
}
