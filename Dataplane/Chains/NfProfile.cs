using System.Reflection;
using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>What the parallel planner knows of an NF: its declared profile, completed and checked.</summary>
public sealed record NfProfile
{
    public PacketFields Reads { get; init; } = PacketFields.All;

    public PacketFields Writes { get; init; }

    public bool Resizes { get; init; }

    public DropForm Drops { get; init; }

    public SideEffects Effects { get; init; }

    public bool Delays { get; init; }

    public bool IsOrderSensitive { get; init; }

    public bool ChangesFlow { get; init; }

    public bool KeysOnFlow { get; init; } = true;

    public string Store { get; init; } = "";

    public StoreSharing Sharing { get; init; }

    public bool ComesBack { get; init; }

    public bool ReadsSnapshots { get; init; }

    public bool ReadsKept { get; init; }

    public bool IsHeavy { get; init; }

    /// <summary>Names of the subscriptions that it may switch on.</summary>
    public IReadOnlyList<string> SwitchesOn { get; init; } = [];

    /// <summary>Files it writes to, as streams of the record writer.</summary>
    public IReadOnlyList<RecordStream> Streams { get; init; } = [];

    /// <summary>Never changes, drops or delays a packet.</summary>
    public bool IsObserver =>
        Writes == PacketFields.None && !Resizes && Drops == DropForm.None && !Delays && !ChangesFlow;

    /// <summary>The profile where verdicts are not obeyed: in a chain that only listens nothing is
    /// dropped.</summary>
    public NfProfile Listening => this with { Drops = DropForm.None };

    /// <summary>The profile of an NF class.</summary>
    /// <exception cref="ArgumentException">The declaration contradicts itself.</exception>
    internal static NfProfile Of(Type type, NetworkFunctionAttribute nf, IReadOnlyList<ushort> publishes,
        IReadOnlyList<SubscribesAttribute> subscriptions)
    {
        ProfileAttribute declared = type.GetCustomAttribute<ProfileAttribute>() ?? WorstOf(nf.Access);
        RecordStream[] streams = [.. type.GetInterfaces()
            .Where(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IWrites<>))
            .Select(i => StreamOf(i.GetGenericArguments()[0])).Distinct().Order()];
        SideEffects effects = declared.Effects;
        effects |= streams.Length > 0 ? SideEffects.Records : 0;
        effects |= publishes.Any(HasNotices) ? SideEffects.Notices : 0;
        var profile = new NfProfile
        {
            Reads = declared.Reads,
            Writes = declared.Writes,
            Resizes = declared.Resizes,
            Drops = declared.Drops,
            Effects = effects,
            Delays = declared.Delays,
            IsOrderSensitive = declared.IsOrderSensitive,
            ChangesFlow = declared.ChangesFlow,
            KeysOnFlow = declared.KeysOnFlow,
            Store = declared.Store,
            Sharing = declared.Sharing,
            ComesBack = declared.ComesBack,
            ReadsSnapshots = declared.ReadsSnapshots,
            ReadsKept = declared.ReadsKept,
            IsHeavy = declared.IsHeavy,
            Streams = streams,
            SwitchesOn =
            [
                .. subscriptions.Where(s => s.InitiallyOff).Select(s => s.Name).Union(declared.SwitchesOn),
            ],
        };
        Check(type, nf.Access, profile, subscriptions);
        return profile;
    }

    private static ProfileAttribute WorstOf(PacketAccess access) => access switch
    {
        PacketAccess.Read => new ProfileAttribute(),
        PacketAccess.Gate => new ProfileAttribute { Drops = DropForm.Packet },
        _ => new ProfileAttribute
        {
            Drops = DropForm.Packet, Writes = PacketFields.All, Resizes = true, ChangesFlow = true,
        },
    };

    private static void Check(
        Type type, PacketAccess access, NfProfile profile, IReadOnlyList<SubscribesAttribute> subscriptions)
    {
        bool changes = profile.Writes != PacketFields.None || profile.Resizes || profile.ChangesFlow;
        string fault =
            access == PacketAccess.Read && profile.Drops != DropForm.None
                ? "drops, but its access is Read; make it Gate"
            : access != PacketAccess.Modify && changes
                ? $"changes packets, but its access is {access}; make it Modify"
            : access == PacketAccess.Modify && !changes
                ? "has access Modify, but its profile changes nothing; declare Writes or make it Gate"
            : access == PacketAccess.Gate && profile.Drops == DropForm.None
                ? "has access Gate, but its profile drops nothing; declare Drops or make it Read"
            : profile.Sharing != StoreSharing.Exclusive && profile.Store.Length == 0
                ? "says how it shares a store, but names none; name it in Store"
            : profile.SwitchesOn.Except(subscriptions.Select(s => s.Name)).FirstOrDefault() is { } unknown
                ? $"switches {unknown} on, but declares no such subscription"
            : "";
        if (fault.Length != 0)
        {
            throw new ArgumentException($"{type.Name} {fault}.");
        }
    }

    private static RecordStream StreamOf(Type record) =>
        (RecordStream)record.GetProperty(nameof(IRecord.Stream), BindingFlags.Public | BindingFlags.Static)!
            .GetValue(null)!;

    private static bool HasNotices(ushort published)
    {
        for (ushort type = published; type <= EventTree.Types[published].LastDescendant; type++)
        {
            if (EventTree.Types[type].Notice is not null)
            {
                return true;
            }
        }

        return false;
    }
}
