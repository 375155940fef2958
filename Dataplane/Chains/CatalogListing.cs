using System.Globalization;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>What this build can do, as the contract's records: NF kinds, event types, µStacks.</summary>
public sealed class CatalogListing(NfCatalog catalog)
{
    private readonly XmlSummaries _summaries = new();

    /// <summary>The listing.</summary>
    /// <param name="version">The build's version.</param>
    /// <param name="noticeFields">Fields that the notice of a type has beyond the event's body.</param>
    public ApplianceCatalog Make(string version, Func<ushort, IReadOnlyList<EventField>> noticeFields) =>
        new()
        {
            Version = version,
            NfKinds = [.. catalog.Manifests.Select(KindOf)],
            EventTypes = [.. EventTree.Types.Select(type => TypeOf(type, noticeFields(type.Id)))],
            MicroStacks = MicroStacks(),
        };

    private NfKind KindOf(NfManifest manifest) => new()
    {
        Kind = manifest.Kind,
        Title = manifest.Title,
        Summary = manifest.Summary.Length > 0 ? manifest.Summary : _summaries.Of(manifest.Type),
        Access = manifest.Access switch
        {
            PacketAccess.Read => "read",
            PacketAccess.Gate => "drop",
            _ => "write",
        },
        Subscriptions = [.. manifest.Subscriptions.Select(declared => new SubscriptionDefinition
        {
            Name = declared.Name,
            Events = [.. declared.Events.Select(type => EventTree.Types[EventTree.IdOf(type)].Path)],
            Sender = Enum.Parse<SenderSide>(declared.Sender, ignoreCase: true),
            Half = Enum.Parse<UpdatingHalf>(declared.Half, ignoreCase: true),
            Start = declared.Start,
            Keep = declared.Keep == "none" ? null : declared.Keep,
        })],
        Publishes = [.. manifest.Publishes.Select(PathOf)],
        Options = OptionsReader.SchemaOf(manifest),
    };

    private Contract.Catalog.EventType TypeOf(EventTypeEntry type, IReadOnlyList<EventField> noticeFields) =>
        new()
        {
            Number = type.Id,
            Path = type.Path,
            Aliases = [.. new[] { type.TreePath,
        type.AlsoKnownAs }.OfType<string>().Where(name => name != type.Path)],
            Parent = type.Parent is null ? null : PathOf(type.Parent.Value),
            Summary = SummaryOf(type),
            Fields = [.. EventFields.Of(type.Id).Select(FieldOf)],
            NoticeFields = noticeFields,
            Notice = MarkOf(type),
            Publishers = PublishersOf(type.Id),
        };

    private static EventField FieldOf(EventFieldEntry field) =>
        new(field.Name, NameOf(field.Type), field.Offset)
        {
            Values = field.Words is null ? null : Enum.GetValues(field.Words).Cast<object>().ToDictionary(
            value => Convert.ToUInt64(value, CultureInfo.InvariantCulture)
            .ToString(CultureInfo.InvariantCulture),
            value => value.ToString()!),
        };

    private static string NameOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => "u8",
        TypeCode.UInt16 => "u16",
        TypeCode.UInt32 => "u32",
        TypeCode.UInt64 => "u64",
        TypeCode.Int32 => "i32",
        TypeCode.Int64 => "i64",
        TypeCode.Double => "f64",
        _ => throw new ArgumentException(
        $"An event's field cannot be a {type.Name}; use a number of fixed width."),
    };

    private static NoticeMark? MarkOf(EventTypeEntry type)
    {
        if (type.Notice is null)
        {
            return null;
        }

        string last = type.Path[(type.Path.LastIndexOf('/') + 1)..].Replace('_', ' ');
        return new NoticeMark
        {
            Severity = (int)type.Notice.Severity,
            Alert = type.Notice.Alert,
            Title = type.Notice.Title.Length != 0 ? type.Notice.Title
            : last[..1] + last[1..].ToLowerInvariant(),
            TitleField = type.Notice.TitleField,
        };
    }

    /// <summary>The type's own words without its path: "EVENT/PKT: a packet." gives "A packet.".</summary>
    private string SummaryOf(EventTypeEntry type)
    {
        string text = _summaries.Of(type.Body);
        int colon = text.IndexOf(": ", StringComparison.Ordinal);
        text = colon >= 0 && text.StartsWith("EVENT", StringComparison.Ordinal) ? text[(colon + 2)..] : text;
        return text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
    }

    private string[] PublishersOf(ushort type)
    {
        IEnumerable<string> stacks = MicroStacks()
            .Where(stack =>
            stack.Publishes.Any(
            path => EventTree.TryFind(path, out ushort root) && EventTree.IsA(type, root)))
            .Select(stack => stack.Kind);
        return [.. stacks, .. catalog.Manifests.Where(nf => nf.MayPublish(type)).Select(nf => nf.Kind)];
    }

    private static MicroStackKind[] MicroStacks() =>
    [
        new MicroStackKind
        {
            Kind = "layer23",
            Title = "Layer 2 and 3",
            Summary = "Ethernet, VLAN, IP, fragments, ICMP, UDP, and the flow table.",
            Publishes = [PathOf(EventType<PacketEvent>.Id), PathOf(EventType<FlowEvent>.Id)],
        },
        new MicroStackKind
        {
            Kind = "tcp-monitor",
            Above = "layer23",
            Title = "TCP monitor",
            Summary = "Follows both halves of TCP connections and puts their bytes in order.",
            Publishes =
            [
                PathOf(EventType<TcpPacket>.Id), PathOf(EventType<TcpEvent>.Id),
                    PathOf(EventType<DataReady>.Id),
            ],
        },
    ];

    private static string PathOf(ushort type) => EventTree.Types[type].Path;
}
