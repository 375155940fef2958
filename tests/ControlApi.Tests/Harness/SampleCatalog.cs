using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;

namespace ControlApi.Tests.Harness;

/// <summary>A small catalogue with the event types that the tests publish.</summary>
public static class SampleCatalog
{
    public const int Root = 1;
    public const int IdsAlert = 2;
    public const int LongFlow = 3;
    public const int Detected = 4;

    private const int TypedBodyBytes = 24;

    public static ApplianceCatalog Catalog { get; } = new()
    {
        Version = "0.1.0",
        NfKinds =
        [
            new NfKind
            {
                Kind = "signature-match",
                Title = "Signature match",
                Summary = "Finds what rules describe.",
                Access = "drop",
                Subscriptions = [new SubscriptionDefinition { Event = "EVENT/DPI_DETECT" }],
                Publishes = ["EVENT/IDS_ALERT"],
                Options = JsonSerializer.SerializeToElement(new { type = "object" }),
            },
        ],
        EventTypes =
        [
            new EventType { Number = Root, Path = "EVENT" },
            new EventType
            {
                Number = IdsAlert,
                Path = "EVENT/IDS_ALERT",
                Aliases = ["EVENT/IDS/ALERT"],
                Parent = "EVENT",
                Fields = [new EventField("sid", "u32", 0)],
                NoticeFields =
                    [new EventField("signature", "string", 24), new EventField("category", "string", 26)],
                Notice = new NoticeMark { Severity = 2, Alert = true, Title = "Alert",
                    TitleField = "signature" },
            },
            new EventType
            {
                Number = LongFlow,
                Path = "EVENT/LONG_FLOW",
                Parent = "EVENT",
                Fields = [new EventField("meanPacketBytes", "u32", 0)],
                Notice = new NoticeMark { Severity = 3, Alert = true, Title = "Long flow" },
            },
            new EventType
            {
                Number = Detected,
                Path = "EVENT/DPI_DETECT",
                Parent = "EVENT",
                Notice = new NoticeMark { Severity = 4, Title = "Protocol identified" },
            },
        ],
    };

    public static byte[] Json { get; } = JsonSerializer.SerializeToUtf8Bytes(
        Catalog, ConfigurationJson.Default.ApplianceCatalog);

    public static ulong Hash { get; } = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Json));

    /// <summary>The body of an IDS_ALERT: 24 typed bytes, two text positions, two texts.</summary>
    public static byte[] AlertBody(uint sid, string signature, string category)
    {
        byte[] first = Encoding.UTF8.GetBytes(signature);
        byte[] second = Encoding.UTF8.GetBytes(category);
        byte[] body = new byte[TypedBodyBytes + 4 + 2 + first.Length + 2 + second.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(body, sid);
        int at = TypedBodyBytes + 4;
        WriteText(body, TypedBodyBytes, at, first);
        WriteText(body, TypedBodyBytes + 2, at + 2 + first.Length, second);
        return body;
    }

    private static void WriteText(byte[] body, int place, int at, byte[] text)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(place), (ushort)at);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(at), (ushort)text.Length);
        text.CopyTo(body.AsSpan(at + 2));
    }
}
