using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ControlApi.Contract.Notices;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Shared;
using Persistence;

namespace ControlApi.Notices;

/// <summary>Makes the notice that people see out of a spooled record and its catalogue.</summary>
public static class NoticeRenderer
{
    public static Notice Render(in SpoolRecord record, SpoolCatalog catalog)
    {
        SpoolRecordHeader header = record.Header;
        EventType? type = catalog.Find(header.Type);
        JsonObject body = type is null ? [] : BodyReader.Read(type, record.Body);
        return new Notice
        {
            Id = record.Id.ToString(),
            Node = record.NodeName,
            Seq = header.Sequence,
            Type = type?.Path ?? $"EVENT/UNKNOWN/{header.Type}",
            Severity = header.Severity is >= 1 and <= 4 ? header.Severity : type?.Notice?.Severity ?? 4,
            Time = Microseconds.ToMoment(header.Time),
            ReceivedAt = Microseconds.ToMoment(header.ReceivedAt),
            Flow = header.Flow == 0 && header.Protocol == 0 ? null : RenderFlow(record),
            Nf = NfOf(record, body),
            Chain = Encoding.UTF8.GetString(record.ChainName),
            Revision = header.Revision,
            Title = TitleOf(type, body) ?? $"Event of type {header.Type}",
            Action = header.Action switch
            {
                SpoolAction.Allowed => "allowed",
                SpoolAction.Blocked => "blocked",
                _ => null,
            },
            Body = JsonSerializer.SerializeToElement(body, NoticeJson.Nodes),
            HasPacket = header.PacketBytes > 0,
        };
    }

    public static string ProtocolName(byte protocol) => protocol switch
    {
        1 => "ICMP",
        6 => "TCP",
        17 => "UDP",
        58 => "ICMPV6",
        132 => "SCTP",
        _ => protocol.ToString(CultureInfo.InvariantCulture),
    };

    public static string CommunityIdOf(
        IPAddress source, IPAddress destination, int sourcePort, int destinationPort, byte protocol)
        => source.AddressFamily == destination.AddressFamily
            ? CommunityId.Of(source.GetAddressBytes(), destination.GetAddressBytes(), (ushort)sourcePort,
                (ushort)destinationPort, protocol)
            : "";

    /// <summary>The form in which addresses are stored and compared.</summary>
    public static byte[] StoredAddress(string text)
    {
        var address = IPAddress.Parse(text);
        return (address.AddressFamily == AddressFamily.InterNetwork
            ? address.MapToIPv6() : address).GetAddressBytes();
    }

    private static NoticeFlow RenderFlow(in SpoolRecord record)
    {
        SpoolRecordHeader header = record.Header;
        IPAddress source = header.SourceAddress.ToIpAddress();
        IPAddress destination = header.DestinationAddress.ToIpAddress();
        return new NoticeFlow
        {
            Id = header.Flow.ToString(CultureInfo.InvariantCulture),
            Proto = ProtocolName(header.Protocol),
            SrcIp = source.ToString(),
            SrcPort = header.SourcePort,
            DestIp = destination.ToString(),
            DestPort = header.DestinationPort,
            AppProto = record.AppProtocol.IsEmpty ? null : Encoding.UTF8.GetString(record.AppProtocol),
            CommunityId = CommunityIdOf(
                source, destination, header.SourcePort, header.DestinationPort, header.Protocol),
        };
    }

    /// <summary>The text of the type's title field, or the type's title with that text in its place
    /// {field}.</summary>
    private static string? TitleOf(EventType? type, JsonObject body)
    {
        if (type?.Notice is not { TitleField: { } field } notice || TextOf(body, field) is not { } text)
        {
            return type?.Notice?.Title;
        }
        string place = $"{{{field}}}";
        return notice.Title.Contains(place, StringComparison.Ordinal)
            ? notice.Title.Replace(place, text, StringComparison.Ordinal)
            : text;
    }

    /// <summary>Who said it; of an NF that is not running any more only the body can tell.</summary>
    private static string NfOf(in SpoolRecord record, JsonObject body)
        => record.NfName.IsEmpty ? TextOf(body, "nf") ?? "" : Encoding.UTF8.GetString(record.NfName);

    private static string? TextOf(JsonObject body, string field)
        => body[field] is JsonValue value && value.TryGetValue(out string? text) && text.Length > 0
            ? text : null;
}
