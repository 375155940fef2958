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
        if (record.SideBytes < tail.Length)
        {
            AppObjects.Write(line, record.Application, tail[record.SideBytes..]);
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
            AppObjects.Write(line, record.Protocol, tail);
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

    private static KeyEnd EndOf(Side sender, byte clientIsB) =>
        (sender == Side.Server) == (clientIsB != 0) ? KeyEnd.A : KeyEnd.B;

    private static void WriteHead(JsonLine line, long timeNs, ulong flow, ReadOnlySpan<byte> eventType)
    {
        line.WriteTime("timestamp"u8, timeNs);
        if (flow != 0)
        {
            line.Json.WriteNumber("flow_id"u8, flow);
        }
        line.Json.WriteString("event_type"u8, eventType);
    }

    private static void WriteEnds(JsonLine line, in FlowKey key, KeyEnd source)
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

    private static void WriteProtocols(JsonLine line, in FlowKey key, ReadOnlySpan<byte> appProtocol)
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
