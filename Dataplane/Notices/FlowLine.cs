using System.Text.Json;
using Dataplane.Events;
using Dataplane.NetworkFunctions;

namespace Dataplane.Notices;

/// <summary>One line of flows.json: a flow at its end. The source is the client.</summary>
public static class FlowLine
{
    /// <summary>The tail is the protocol's name as nDPI writes it.</summary>
    public static void Write(JsonLine line, in FlowRecord record, ReadOnlySpan<byte> tail)
    {
        Utf8JsonWriter json = line.Json;
        (KeyEnd client, KeyEnd server) = record.ClientIsB != 0 ? (KeyEnd.B, KeyEnd.A) : (KeyEnd.A, KeyEnd.B);
        json.WriteNumber("flow_id"u8, record.Flow.Identity(record.Generation));
        json.WriteString("l4"u8, Layer4Name.Of(record.Key.Protocol));
        if (record.Key.Vlan != 0)
        {
            json.WriteNumber("vlan"u8, record.Key.Vlan);
        }
        line.WriteAddress("src_ip"u8, client, in record.Key);
        line.WritePort("src_port"u8, client, in record.Key);
        line.WriteAddress("dst_ip"u8, server, in record.Key);
        line.WritePort("dst_port"u8, server, in record.Key);
        json.WriteString("proto"u8, tail.IsEmpty ? "Unknown"u8 : tail);
        json.WriteNumber("src_pkts"u8, record.ClientPackets);
        json.WriteNumber("src_bytes"u8, record.ClientBytes);
        json.WriteNumber("dst_pkts"u8, record.ServerPackets);
        json.WriteNumber("dst_bytes"u8, record.ServerBytes);
        line.WriteTime("start"u8, record.StartNs);
        line.WriteTime("end"u8, record.EndNs);
        json.WriteString("reason"u8, ReasonName(record.Reason));
        json.WriteString("depth"u8, DepthName.Of(record.Depth));
        line.WriteCommunityId("community_id"u8, in record.Key);
    }

    private static ReadOnlySpan<byte> ReasonName(FlowEndReason reason) => reason switch
    {
        FlowEndReason.Fin => "fin"u8,
        FlowEndReason.Reset => "rst"u8,
        FlowEndReason.Timeout => "timeout"u8,
        FlowEndReason.Evicted => "evicted"u8,
        FlowEndReason.NetworkFunction => "nf"u8,
        FlowEndReason.Reused => "reused"u8,
        _ => "shutdown"u8,
    };
}
