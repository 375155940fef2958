using System.Text.Json;
using Dataplane.Events;
using Dataplane.Inspection;
using Dataplane.NetworkFunctions;

namespace Dataplane.Notices;

/// <summary>One line of flows.json: a flow at its end. The source is the client.</summary>
public static class FlowLine
{
    /// <summary>The tail is the protocol's name as nDPI writes it, then the host name.</summary>
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
        int nameLength = Math.Min(record.NameLength, tail.Length);
        json.WriteString("proto"u8, nameLength == 0 ? "Unknown"u8 : tail[..nameLength]);
        WriteProtocol(json, in record.Protocol, tail[nameLength..]);
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

    private static void WriteProtocol(Utf8JsonWriter json, in DpiEvent protocol, ReadOnlySpan<byte> host)
    {
        ProtocolNames names = ProtocolNames.Known;
        if (protocol.Master != 0 || protocol.App != 0)
        {
            json.WriteString("category"u8, names.Category(protocol.CategoryId));
            json.WriteString("breed"u8, names.Breed(protocol.BreedId));
            json.WriteString("confidence"u8, names.Confidence((byte)protocol.Confidence));
        }
        if (!host.IsEmpty)
        {
            WriteHost(json, host);
        }
        if (protocol.RiskBits != 0)
        {
            json.WriteStartArray("risks"u8);
            for (int risk = 0; risk < 64; risk++)
            {
                if ((protocol.RiskBits >> risk & 1) != 0)
                {
                    json.WriteStringValue(names.Risk(risk));
                }
            }
            json.WriteEndArray();
        }
    }

    // Bytes as sent: what is not ASCII is written as '?', so that any reader takes the line.
    private static void WriteHost(Utf8JsonWriter json, ReadOnlySpan<byte> host)
    {
        Span<byte> text = stackalloc byte[HostNames.BytesMax];
        host = host[..Math.Min(host.Length, text.Length)];
        for (int i = 0; i < host.Length; i++)
        {
            text[i] = host[i] < 0x80 ? host[i] : (byte)'?';
        }
        json.WriteString("hostname"u8, text[..host.Length]);
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
