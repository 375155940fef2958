using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Dataplane.Chains;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Shared;
using Dataplane.Events;
using Dataplane.Notices;

namespace Dataplane.Control;

/// <summary>Says what this build can do, from the event tree and the NF classes themselves.</summary>
public static class CatalogBuilder
{
    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(CatalogBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "0";

    public static ApplianceCatalog Build(NfCatalog functions) => new()
    {
        Version = Version,
        NfKinds = [.. functions.Manifests.Select(KindOf)],
        EventTypes = [.. EventTree.Types.Select(type => TypeOf(type, functions))],
        MicroStacks = MicroStacks(),
    };

    /// <summary>The catalogue as JSON and the number that names it: equal content, equal number.</summary>
    public static (byte[] Json, ulong Hash) Serialize(ApplianceCatalog catalog)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(catalog, ConfigurationJson.Default.ApplianceCatalog);
        return (json, BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(json)));
    }

    /// <summary>Puts the catalogue beside the segments whose records it renders.</summary>
    public static void WriteBeside(string spoolFolder, byte[] json, ulong hash)
    {
        PrivateFolder.Create(spoolFolder);
        string path = Path.Combine(spoolFolder, SpoolLayout.CatalogFile(hash));
        if (!File.Exists(path) || new FileInfo(path).Length != json.Length)
        {
            File.WriteAllBytes(path + SpoolLayout.UnfinishedExtension, json);
            File.Move(path + SpoolLayout.UnfinishedExtension, path, overwrite: true);
        }
    }

    private static NfKind KindOf(NfManifest manifest) => new()
    {
        Kind = manifest.Kind,
        Title = manifest.Title,
        Summary = manifest.Summary,
        Access = manifest.Access switch
        {
            PacketAccess.Read => "read",
            PacketAccess.Gate => "drop",
            _ => "write",
        },
        Subscriptions = [.. manifest.Subscriptions.Select(SubscriptionOf)],
        Publishes = [.. manifest.Publishes.Select(type => EventTree.Types[type].Path)],
        Options = OptionsReader.SchemaOf(manifest),
    };

    private static SubscriptionDefinition SubscriptionOf(SubscribesAttribute declared) => new()
    {
        Name = declared.Name,
        Events = [.. declared.Events.Select(body => EventTree.Types[EventTree.IdOf(body)].Path)],
        Sender = Enum.Parse<SenderSide>(declared.Sender, ignoreCase: true),
        Half = Enum.Parse<UpdatingHalf>(declared.Half, ignoreCase: true),
        Start = declared.Start,
        Keep = declared.Keep.Replace(':', ' '),
    };

    private static EventType TypeOf(EventTypeEntry type, NfCatalog functions) => new()
    {
        Number = type.Id,
        Path = type.Path,
        Aliases = [.. new[] { type.TreePath, type.AlsoKnownAs }.OfType<string>().Where(name => name != type.Path)],
        Parent = type.Parent is { } parent ? EventTree.Types[parent].Path : null,
        Fields = [.. EventFields.Of(type.Id).Select(FieldOf)],
        NoticeFields = NoticeLayout.Of(type.Id).Fields,
        Notice = type.Notice is { } notice ? MarkOf(type, notice) : null,
        Publishers = PublishersOf(type, functions),
    };

    private static NoticeMark MarkOf(EventTypeEntry type, NoticeAttribute notice) => new()
    {
        Severity = (int)notice.Severity,
        Alert = notice.Alert,
        Title = notice.Title.Length != 0
            ? notice.Title
            : type.Path[(type.Path.LastIndexOf('/') + 1)..].Replace('_', ' ').ToLowerInvariant(),
        TitleField = notice.TitleField,
    };

    private static string[] PublishersOf(EventTypeEntry type, NfCatalog functions)
    {
        string[] kinds = [.. functions.Manifests.Where(m => m.MayPublish(type.Id)).Select(m => m.Kind)];
        if (kinds.Length != 0)
        {
            return kinds;
        }
        bool isTcp = EventTree.IsA(type.Id, EventType<TcpEvent>.Id) || EventTree.IsA(type.Id, EventType<TcpPacket>.Id)
            || EventTree.IsA(type.Id, EventType<DataReady>.Id);
        bool isPacket = EventTree.IsA(type.Id, EventType<PacketEvent>.Id);
        bool isFlow = EventTree.IsA(type.Id, EventType<FlowEvent>.Id);
        return isTcp ? [TcpMonitorKind] : isPacket || isFlow ? [Layer23Kind] : [];
    }

    private static EventField FieldOf(EventFieldEntry field) => new(field.Name, TypeName(field.Type), field.Offset)
    {
        Values = field.Words is null
            ? null
            : Enum.GetValues(field.Words).Cast<object>().ToDictionary(
                value => Convert.ToUInt64(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
                value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()!)),
    };

    private static string TypeName(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "bool",
        TypeCode.Byte => "u8",
        TypeCode.UInt16 => "u16",
        TypeCode.UInt32 => "u32",
        TypeCode.UInt64 => "u64",
        TypeCode.Int32 => "i32",
        TypeCode.Int64 => "i64",
        TypeCode.Double => "f64",
        _ => throw new ArgumentException($"An event's field cannot be a {type.Name}; use a number."),
    };

    private const string Layer23Kind = "layer23";
    private const string TcpMonitorKind = "tcp-monitor";

    private static MicroStackKind[] MicroStacks() =>
    [
        new()
        {
            Kind = Layer23Kind,
            Title = "Layers 2 and 3",
            Summary = "Ethernet, VLAN, IPv4, IPv6, fragments, ICMP; knows flows.",
            Publishes = PathsOf(typeof(PacketEvent), typeof(FlowEvent)),
        },
        new()
        {
            Kind = TcpMonitorKind,
            Above = Layer23Kind,
            Title = "TCP monitor",
            Summary = "Follows both halves of a TCP connection and rebuilds its byte streams without taking part.",
            Publishes = PathsOf(typeof(TcpPacket), typeof(TcpEvent), typeof(DataReady)),
        },
    ];

    private static string[] PathsOf(params Type[] bodies) =>
        [.. bodies.Select(body => EventTree.Types[EventTree.IdOf(body)].Path)];
}
