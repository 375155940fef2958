using System.Text.Json;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.NetworkFunctions;
using Dataplane.Packets;

namespace Dataplane.Notices;

/// <summary>What EVE says of flows: the line <c>flow</c>, and the object of that name in alerts. The source
/// is the client.</summary>
internal static class EveFlowLine
{
    private const byte Tcp = 6;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static void Write(JsonLine line, in EveFlowRecord record)
    {
        EveLine.WriteHead(line, record.TimeNs, record.Flow.Identity(record.Generation), "flow"u8);
        EveLine.WriteEnds(line, in record.Key, EveLine.EndOf(Side.Client, record.ClientIsB));
        EveLine.WriteProtocols(line, in record.Key, ProtocolName.Text(in record.Protocol));
        Utf8JsonWriter json = line.Json;
        json.WriteStartObject("flow"u8);
        WriteCounts(
            json, record.ClientPackets, record.ServerPackets, record.ClientBytes, record.ServerBytes);
        line.WriteTime("start"u8, record.StartNs);
        line.WriteTime("end"u8, record.EndNs);
        json.WriteNumber("age"u8, (record.EndNs - record.StartNs) / NanosecondsPerSecond);
        json.WriteString("state"u8, StateOf(in record));
        json.WriteString("reason"u8, ReasonOf(record.Reason));
        json.WriteBoolean("alerted"u8, record.HasAlerted != 0);
        json.WriteEndObject();
        if (record.Key.Protocol == Tcp)
        {
            json.WriteStartObject("tcp"u8);
            WriteFlag(json, "syn"u8, record.Flags, FlowFlags.SynSeen | FlowFlags.SynAckSeen);
            WriteFlag(json, "fin"u8, record.Flags, FlowFlags.ClientFin | FlowFlags.ServerFin);
            WriteFlag(json, "rst"u8, record.Flags, FlowFlags.ResetSeen);
            json.WriteString("state"u8, StateOf(in record));
            json.WriteEndObject();
        }
    }

    public static void WriteOfAlert(JsonLine line, in EveAlertRecord record)
    {
        Utf8JsonWriter json = line.Json;
        KeyEnd client = EveLine.EndOf(Side.Client, record.ClientIsB);
        json.WriteStartObject("flow"u8);
        WriteCounts(
            json, record.ClientPackets, record.ServerPackets, record.ClientBytes, record.ServerBytes);
        if (record.StartNs != 0)
        {
            line.WriteTime("start"u8, record.StartNs);
        }
        EveLine.WriteAddresses(line, in record.Key, client);
        json.WriteEndObject();
    }

    private static void WriteCounts(
        Utf8JsonWriter json, uint clientPackets, uint serverPackets, ulong clientBytes, ulong serverBytes)
    {
        json.WriteNumber("pkts_toserver"u8, clientPackets);
        json.WriteNumber("pkts_toclient"u8, serverPackets);
        json.WriteNumber("bytes_toserver"u8, clientBytes);
        json.WriteNumber("bytes_toclient"u8, serverBytes);
    }

    /// <summary>Written where true, as EVE has it.</summary>
    private static void WriteFlag(
        Utf8JsonWriter json, ReadOnlySpan<byte> name, FlowFlags flags, FlowFlags any)
    {
        if ((flags & any) != 0)
        {
            json.WriteBoolean(name, value: true);
        }
    }

    private static ReadOnlySpan<byte> StateOf(in EveFlowRecord record)
    {
        const FlowFlags closed = FlowFlags.ClientFin | FlowFlags.ServerFin;
        bool isClosed = (record.Flags & FlowFlags.ResetSeen) != 0 || (record.Flags & closed) == closed;
        return isClosed ? "closed"u8
            : record is { ClientPackets: > 0, ServerPackets: > 0 } ? "established"u8 : "new"u8;
    }

    private static ReadOnlySpan<byte> ReasonOf(FlowEndReason reason) => reason switch
    {
        FlowEndReason.Shutdown => "shutdown"u8,
        FlowEndReason.Evicted => "forced"u8,
        FlowEndReason.Reused => "tcp_reuse"u8,
        _ => "timeout"u8,
    };
}
