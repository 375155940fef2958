using System.Text.Json;
using Dataplane.Flows;
using Dataplane.NetworkFunctions;

namespace Dataplane.Notices;

/// <summary>One line of tcp.json: a TCP connection at its end.</summary>
public static class TcpLine
{
    public static void Write(JsonLine line, in TcpConnectionRecord record)
    {
        Utf8JsonWriter json = line.Json;
        ref readonly FlowKey key = ref record.Key;
        (KeyEnd client, KeyEnd server) = record.ClientIsB != 0 ? (KeyEnd.B, KeyEnd.A) : (KeyEnd.A, KeyEnd.B);
        line.WriteAddress("client_ip"u8, client, in key);
        line.WritePort("client_port"u8, client, in key);
        line.WriteAddress("server_ip"u8, server, in key);
        line.WritePort("server_port"u8, server, in key);
        if (key.Vlan != 0)
        {
            json.WriteNumber("vlan"u8, key.Vlan);
        }
        line.WriteSeconds("first_ts"u8, record.FirstNs);
        line.WriteSeconds("last_ts"u8, record.LastNs);
        WriteCounts(json, in record);
        if (record.HasHashes != 0)
        {
            line.WriteHex("c2s_sha256"u8, record.Client.Hash);
            line.WriteHex("s2c_sha256"u8, record.Server.Hash);
        }
        json.WriteString("final_state"u8, StateName(record.FinalState));
        json.WriteBoolean("midstream"u8, record.Midstream != 0);
        if (record.HandshakeRttNs < 0)
        {
            json.WriteNull("handshake_rtt"u8);
        }
        else
        {
            line.WriteSeconds("handshake_rtt"u8, record.HandshakeRttNs);
        }
        WriteAnalysis(json, "c2s_analysis"u8, in record.Client);
        WriteAnalysis(json, "s2c_analysis"u8, in record.Server);
        line.WriteCommunityId("community_id"u8, in key);
    }

    private static void WriteCounts(Utf8JsonWriter json, in TcpConnectionRecord record)
    {
        json.WriteNumber("c2s_bytes"u8, record.Client.StreamBytes);
        json.WriteNumber("s2c_bytes"u8, record.Server.StreamBytes);
        json.WriteNumber("c2s_gap_bytes"u8, record.Client.GapBytes);
        json.WriteNumber("s2c_gap_bytes"u8, record.Server.GapBytes);
        json.WriteNumber("c2s_pkts"u8, record.Client.Packets);
        json.WriteNumber("s2c_pkts"u8, record.Server.Packets);
        json.WriteNumber("c2s_frame_bytes"u8, record.Client.FrameBytes);
        json.WriteNumber("s2c_frame_bytes"u8, record.Server.FrameBytes);
        json.WriteNumber("c2s_payload_bytes"u8, record.Client.PayloadBytes);
        json.WriteNumber("s2c_payload_bytes"u8, record.Server.PayloadBytes);
    }

    private static void WriteAnalysis(Utf8JsonWriter json, ReadOnlySpan<byte> name, in TcpSideRecord side)
    {
        json.WriteStartObject(name);
        json.WriteNumber("retransmission"u8, side.Retransmissions);
        json.WriteNumber("fast_retransmission"u8, side.FastRetransmissions);
        json.WriteNumber("spurious_retransmission"u8, side.SpuriousRetransmissions);
        json.WriteNumber("out_of_order"u8, side.OutOfOrder);
        json.WriteNumber("duplicate_ack"u8, side.DuplicateAcks);
        json.WriteNumber("keep_alive"u8, side.KeepAlives);
        json.WriteNumber("zero_window"u8, side.ZeroWindows);
        json.WriteEndObject();
    }

    private static ReadOnlySpan<byte> StateName(TcpFinalState state) => state switch
    {
        TcpFinalState.Open => "open"u8,
        TcpFinalState.Closed => "closed"u8,
        TcpFinalState.HalfClosed => "half_closed"u8,
        TcpFinalState.Reset => "reset"u8,
        TcpFinalState.SynSent => "syn_sent"u8,
        _ => "syn_received"u8,
    };
}
