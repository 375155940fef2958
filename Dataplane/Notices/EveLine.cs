using System.Text.Json;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.NetworkFunctions;
using Dataplane.Packets;

namespace Dataplane.Notices;

/// <summary>Lines of EVE JSON: alerts in Suricata's words,
/// other events with their body under their own name.</summary>
public static class EveLine
{
    private const byte Tcp = 6;
    private const byte Udp = 17;

    /// <summary>The tail is the side block of EVENT/IDS_ALERT.</summary>
    public static void WriteAlert(JsonLine line, in EveAlertRecord record, ReadOnlySpan<byte> tail)
    {
        Side source = record.Alert.Source == Side.None ? record.Sender : record.Alert.Source;
        WriteHead(line, record.TimeNs, record.Flow.Identity(record.Generation), "alert"u8);
        WriteEnds(line, in record.Key, EndOf(source, record.ClientIsB));
        WriteProtocols(line, in record.Key, ProtocolName.Text(in record.Protocol));
        if (record.FieldBytes > 0)
        {
            line.Json.WriteNumber("tx_id"u8, record.Transaction);
            if (record.IsGuessed != 0)
            {
                line.Json.WriteBoolean("tx_guessed"u8, value: true);
            }
        }
        var side = new SideBlockReader(tail);
        uint gid = side.ReadUInt32();
        uint revision = side.ReadUInt32();
        Utf8JsonWriter json = line.Json;
        json.WriteStartObject("alert"u8);
        json.WriteString(
            "action"u8, record.Alert.Ids.Action == IdsAction.Blocked ? "blocked"u8 : "allowed"u8);
        json.WriteNumber("gid"u8, gid);
        json.WriteNumber("signature_id"u8, record.Alert.Ids.Sid);
        json.WriteNumber("rev"u8, revision);
        json.WriteString("signature"u8, side.ReadText());
        json.WriteString("category"u8, side.ReadText());
        json.WriteNumber("severity"u8, record.Alert.Ids.Severity);
        json.WriteEndObject();
        tail = tail[Math.Min(record.SideBytes, tail.Length)..];
        ReadOnlySpan<byte> fields = tail[..Math.Min(record.FieldBytes, tail.Length)];
        if (record.Application == AppProtocol.Dns)
        {
            AppObjects.WriteDnsOfAlert(line, fields, record.Transaction, source == Side.Server);
        }
        else
        {
            AppObjects.Write(line, record.Application, fields);
        }
        json.WriteString("direction"u8, source == Side.Server ? "to_client"u8 : "to_server"u8);
        EveFlowLine.WriteOfAlert(line, in record);
        WritePacket(line, in record, tail[fields.Length..]);
    }

    private static void WritePacket(JsonLine line, in EveAlertRecord record, ReadOnlySpan<byte> bytes)
    {
        Utf8JsonWriter json = line.Json;
        ReadOnlySpan<byte> payload = bytes[..Math.Min(record.PayloadBytes, bytes.Length)];
        if ((record.Payload & EvePayload.Base64) != 0 && !payload.IsEmpty)
        {
            json.WriteBase64String("payload"u8, payload);
        }
        if ((record.Payload & EvePayload.Printable) != 0 && !payload.IsEmpty)
        {
            line.WritePrintable("payload_printable"u8, payload);
        }
        if (record.Payload != EvePayload.None)
        {
            json.WriteNumber("stream"u8, 0);
        }
        if (record.FrameBytes > 0)
        {
            json.WriteBase64String("packet"u8, bytes[payload.Length..]);
            json.WriteStartObject("packet_info"u8);
            json.WriteNumber("linktype"u8, record.LinkType);
            json.WriteEndObject();
        }
    }

    /// <summary>The tail holds the transaction's fields.</summary>
    public static void WriteApplication(
        JsonLine line, in EveApplicationRecord record, ReadOnlySpan<byte> tail)
    {
        string name = AppProtocols.NameOf(record.Protocol);
        Utf8JsonWriter json = line.Json;
        line.WriteTime("timestamp"u8, record.TimeNs);
        json.WriteNumber("flow_id"u8, record.Flow.Identity(record.Generation));
        json.WriteString("event_type"u8, record.Anomaly == 0 ? name : "anomaly");
        WriteEnds(line, in record.Key, EndOf(record.Sender, record.ClientIsB));
        json.WriteString("proto"u8, EveProtocol.NameOf(record.Key.Protocol));
        json.WriteString("app_proto"u8, name);
        line.WriteCommunityId("community_id"u8, in record.Key);
        json.WriteNumber("tx_id"u8, record.Transaction);
        if (record.Anomaly == 0)
        {
            AppObjects.Write(line, record.Protocol, tail, record.Transaction, record.IsAnswer != 0);
            return;
        }
        json.WriteStartObject("anomaly"u8);
        json.WriteString("type"u8, "applayer"u8);
        json.WriteString("event"u8, AppAnomalies.ShortNameOf((AppAnomaly)(record.Anomaly - 1)));
        json.WriteString("layer"u8, "proto_parser"u8);
        json.WriteEndObject();
    }

    /// <summary>The tail is the event's side block.</summary>
    public static void WriteEvent(JsonLine line, in EveEventRecord record, ReadOnlySpan<byte> tail)
    {
        EventLineLayout layout = EventLineLayout.Of(record.Event.TypeId);
        ulong flow = record.Event.Flow == FlowId.None ? 0
            : record.Event.Flow.Identity(record.Event.Generation);
        WriteHead(line, record.Event.TimeNs, flow, layout.Name);
        WriteEnds(line, in record.Key, EndOf(record.Event.Sender, record.ClientIsB));
        WriteProtocols(line, in record.Key, ProtocolName.Text(in record.Protocol));
        layout.WriteBody(line.Json, in record.Event, tail);
    }

    internal static KeyEnd EndOf(Side sender, byte clientIsB) =>
        (sender == Side.Server) == (clientIsB != 0) ? KeyEnd.A : KeyEnd.B;

    internal static void WriteHead(JsonLine line, long timeNs, ulong flow, ReadOnlySpan<byte> eventType)
    {
        line.WriteTime("timestamp"u8, timeNs);
        if (flow != 0)
        {
            line.Json.WriteNumber("flow_id"u8, flow);
        }
        line.Json.WriteString("event_type"u8, eventType);
    }

    internal static void WriteEnds(JsonLine line, in FlowKey key, KeyEnd source)
    {
        if (key.Vlan != 0)
        {
            line.Json.WriteStartArray("vlan"u8);
            line.Json.WriteNumberValue(key.Vlan);
            if (key.InnerVlan != 0)
            {
                line.Json.WriteNumberValue(key.InnerVlan);
            }
            line.Json.WriteEndArray();
        }
        WriteAddresses(line, in key, source);
    }

    internal static void WriteAddresses(JsonLine line, in FlowKey key, KeyEnd source)
    {
        if (key.IpVersion == 0)
        {
            return;
        }
        KeyEnd destination = source == KeyEnd.A ? KeyEnd.B : KeyEnd.A;
        bool hasPorts = key.Protocol is Tcp or Udp;
        line.WriteAddress("src_ip"u8, source, in key);
        if (hasPorts)
        {
            line.WritePort("src_port"u8, source, in key);
        }
        line.WriteAddress("dest_ip"u8, destination, in key);
        if (hasPorts)
        {
            line.WritePort("dest_port"u8, destination, in key);
        }
    }

    internal static void WriteProtocols(JsonLine line, in FlowKey key, ReadOnlySpan<byte> appProtocol)
    {
        if (key.IpVersion != 0)
        {
            line.Json.WriteString("proto"u8, EveProtocol.NameOf(key.Protocol));
        }
        if (!appProtocol.IsEmpty)
        {
            line.Json.WriteString("app_proto"u8, appProtocol);
        }
        line.WriteCommunityId("community_id"u8, in key);
    }
}
