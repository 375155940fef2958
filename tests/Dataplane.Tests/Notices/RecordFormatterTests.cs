using System.Net;
using System.Text;
using System.Text.Json;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.NetworkFunctions;
using Dataplane.Notices;
using Dataplane.Packets;

namespace Dataplane.Tests.Notices;

public sealed class RecordFormatterTests
{
    private const long TimeNs = 1_795_419_290_123_456_789; // 2026-11-23T07:34:50.123456789Z

    [Fact]
    public void An_alert_has_the_field_names_of_eve()
    {
        var record = new EveAlertRecord
        {
            Key = Key("192.168.2.3", 39867, "209.85.225.105", 80),
            TimeNs = TimeNs,
            Alert = new IdsAlert(new IdsEvent(3, 2_019_401, 1, IdsAction.Blocked), 0, 5, Side.Client),
            Flow = FlowId.Of(1, 77),
            Generation = 9,
            Sender = Side.Client,
            Protocol = ProtocolName.OfMaster("HTTP.Google"u8),
        };

        JsonElement line =
            Format(record, [.. U32(1), .. U32(7), .. Text("a \"quoted\" <name>"), .. Text("Web")]);

        Assert.Equal("2026-11-23T07:34:50.123456+0000", line.GetProperty("timestamp").GetString());
        Assert.Equal(record.Flow.Identity(9), line.GetProperty("flow_id").GetUInt64());
        Assert.InRange(line.GetProperty("flow_id").GetUInt64(), 1u, (1UL << 53) - 1);
        Assert.Equal("alert", line.GetProperty("event_type").GetString());
        Assert.Equal("192.168.2.3", line.GetProperty("src_ip").GetString());
        Assert.Equal(39867, line.GetProperty("src_port").GetInt32());
        Assert.Equal("209.85.225.105", line.GetProperty("dest_ip").GetString());
        Assert.Equal(80, line.GetProperty("dest_port").GetInt32());
        Assert.Equal("TCP", line.GetProperty("proto").GetString());
        Assert.Equal("http", line.GetProperty("app_proto").GetString());
        Assert.StartsWith("1:", line.GetProperty("community_id").GetString(), StringComparison.Ordinal);
        JsonElement alert = line.GetProperty("alert");
        Assert.Equal(
            ["action", "gid", "signature_id", "rev", "signature", "category", "severity"],
            alert.EnumerateObject().Select(p => p.Name));
        Assert.Equal("blocked", alert.GetProperty("action").GetString());
        Assert.Equal(1, alert.GetProperty("gid").GetInt32());
        Assert.Equal(2_019_401, alert.GetProperty("signature_id").GetInt32());
        Assert.Equal(7, alert.GetProperty("rev").GetInt32());
        Assert.Equal("a \"quoted\" <name>", alert.GetProperty("signature").GetString());
        Assert.Equal("Web", alert.GetProperty("category").GetString());
        Assert.Equal(1, alert.GetProperty("severity").GetInt32());
    }

    [Fact]
    public void An_alert_has_its_transaction_flow_payload_and_packet_as_eve_has_them()
    {
        byte[] side = [.. U32(1), .. U32(7), .. Text("q"), .. Text("")];
        byte[] fields = [.. Field((byte)AppBuffer.DnsQuery, "www.example.org")];
        byte[] payload = "GET \0\x01"u8.ToArray();
        var record = new EveAlertRecord
        {
            Key = Key("10.16.1.11", 41805, "10.16.1.1", 53) with { Protocol = 17 },
            TimeNs = TimeNs,
            StartNs = TimeNs - 1_000_000_000,
            Alert = new IdsAlert(new IdsEvent(0, 2, 3, IdsAction.Allowed), 0, 0, Side.Client),
            Application = AppProtocol.Dns,
            Transaction = 4,
            ClientPackets = 3,
            ClientBytes = 300,
            SideBytes = (ushort)side.Length,
            FieldBytes = (ushort)fields.Length,
            PayloadBytes = (ushort)payload.Length,
            FrameBytes = 2,
            Payload = EvePayload.Base64 | EvePayload.Printable,
            LinkType = 1,
        };

        JsonElement line = Format(record, [.. side, .. fields, .. payload, 0xAB, 0xCD]);

        Assert.Equal(4, line.GetProperty("tx_id").GetInt32());
        Assert.False(line.TryGetProperty("tx_guessed", out _));
        JsonElement query = line.GetProperty("dns").GetProperty("query")[0];
        Assert.Equal("www.example.org", query.GetProperty("rrname").GetString());
        Assert.Equal(
            ("query", 4), (query.GetProperty("type").GetString(), query.GetProperty("tx_id").GetInt32()));
        Assert.Equal("to_server", line.GetProperty("direction").GetString());
        JsonElement flow = line.GetProperty("flow");
        Assert.Equal(
            [
                "pkts_toserver", "pkts_toclient", "bytes_toserver", "bytes_toclient", "start", "src_ip",
                "src_port", "dest_ip", "dest_port",
            ],
            flow.EnumerateObject().Select(p => p.Name));
        Assert.Equal(300, flow.GetProperty("bytes_toserver").GetInt32());
        Assert.Equal(payload, line.GetProperty("payload").GetBytesFromBase64());
        Assert.Equal("GET ..", line.GetProperty("payload_printable").GetString());
        Assert.Equal([0xAB, 0xCD], line.GetProperty("packet").GetBytesFromBase64());
        Assert.Equal(1, line.GetProperty("packet_info").GetProperty("linktype").GetInt32());
    }

    [Fact]
    public void A_flow_has_the_field_names_of_eve()
    {
        var record = new EveFlowRecord
        {
            Key = Key("10.0.0.1", 1000, "10.0.0.2", 80),
            TimeNs = TimeNs,
            StartNs = TimeNs - 5_000_000_000,
            EndNs = TimeNs - 1_000_000_000,
            ClientPackets = 2,
            ServerPackets = 1,
            Flags = FlowFlags.SynSeen | FlowFlags.ClientFin | FlowFlags.ServerFin,
            Reason = FlowEndReason.Fin,
            HasAlerted = 1,
            Protocol = ProtocolName.OfMaster("HTTP"u8),
        };

        JsonElement line = Format(record, []);

        Assert.Equal("flow", line.GetProperty("event_type").GetString());
        Assert.Equal("http", line.GetProperty("app_proto").GetString());
        Assert.True(line.TryGetProperty("community_id", out _));
        JsonElement flow = line.GetProperty("flow");
        Assert.Equal(
            [
                "pkts_toserver", "pkts_toclient", "bytes_toserver", "bytes_toclient", "start", "end", "age",
                "state", "reason", "alerted",
            ],
            flow.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            (4, "closed"), (flow.GetProperty("age").GetInt32(), flow.GetProperty("state").GetString()));
        Assert.True(flow.GetProperty("alerted").GetBoolean());
        Assert.Equal(["syn", "fin", "state"], line.GetProperty("tcp").EnumerateObject().Select(p => p.Name));
    }

    private static byte[] Field(byte kind, string text) =>
        [kind, (byte)text.Length, 0, .. Encoding.UTF8.GetBytes(text)];

    [Theory]
    [InlineData(0, Side.Client, "10.0.0.1")]
    [InlineData(0, Side.Server, "10.0.0.2")]
    [InlineData(1, Side.Client, "10.0.0.2")]
    [InlineData(1, Side.Server, "10.0.0.1")]
    public void The_source_of_an_alert_is_the_end_that_the_rule_names(byte clientIsB, Side source,
        string expected)
    {
        var record = new EveAlertRecord
        {
            Key = Key("10.0.0.1", 1000, "10.0.0.2", 80),
            ClientIsB = clientIsB,
            Alert = new IdsAlert(new IdsEvent(0, 1, 2, IdsAction.Allowed), 0, 0, source),
            Sender = source.Other(),
        };

        Assert.Equal(expected, Format(record, []).GetProperty("src_ip").GetString());
    }

    [Fact]
    public void An_alert_with_a_cut_side_block_is_a_whole_line()
    {
        byte[] tail = [.. U32(1), .. U32(7), 200, 0, (byte)'a', 0xFF];

        JsonElement alert = Format(default(EveAlertRecord), tail).GetProperty("alert");

        Assert.Equal("a\uFFFD", alert.GetProperty("signature").GetString());
        Assert.Equal("", alert.GetProperty("category").GetString());
    }

    [Fact]
    public void An_event_of_our_own_is_named_in_small_letters_and_has_its_fields_under_that_name()
    {
        var record = new EveEventRecord { Key = Key("2001:db8::1", 1000, "::", 443) };
        record.Event.TypeId = EventType<LongFlow>.Id;
        record.Event.TimeNs = TimeNs;
        Reinterpret.As<EventBody, LongFlow>(ref record.Event.Body) =
            new LongFlow(new StatEvent(5), 900, 40, 36_000);

        JsonElement line = Format(record, []);

        Assert.Equal("long_flow", line.GetProperty("event_type").GetString());
        Assert.Equal("2001:db8::1", line.GetProperty("src_ip").GetString());
        Assert.Equal("::", line.GetProperty("dest_ip").GetString());
        Assert.Equal(
            """{"window_ms":5,"mean_packet_bytes":900,"packets":40,"bytes":36000}""",
            line.GetProperty("long_flow").GetRawText());
    }

    [Fact]
    public void A_detection_carries_the_texts_of_its_side_block()
    {
        var record = new EveEventRecord();
        record.Event.TypeId = EventType<DpiDetect>.Id;
        record.Event.Flow = FlowId.None;

        JsonElement line = Format(record, [.. Text("TLS.Github"), .. Text("Web"), .. Text("github.com")]);

        Assert.Equal("dpi_detect", line.GetProperty("event_type").GetString());
        Assert.Equal("TLS.Github", line.GetProperty("dpi_detect").GetProperty("protocol").GetString());
        Assert.Equal("github.com", line.GetProperty("dpi_detect").GetProperty("hostname").GetString());
        Assert.False(line.TryGetProperty("flow_id", out _));
    }

    [Fact]
    public void A_connection_has_the_fields_of_tcp_json()
    {
        var record = new TcpConnectionRecord
        {
            Key = Key("10.0.0.9", 80, "10.0.0.1", 40000),
            ClientIsB = 1,
            FirstNs = TimeNs,
            LastNs = TimeNs,
            HandshakeRttNs = 1_500_000,
            HasHashes = 1,
            FinalState = TcpFinalState.HalfClosed,
        };
        record.Client.StreamBytes = 12;
        record.Client.Retransmissions = 3;
        record.Server.GapBytes = 4;
        record.Server.Hash[31] = 0xFE;

        JsonElement line = Format(record, []);

        string[] needed =
        [
            "client_ip", "client_port", "server_ip", "server_port", "first_ts", "c2s_bytes", "s2c_bytes",
                "c2s_sha256",
            "s2c_sha256", "c2s_gap_bytes", "s2c_gap_bytes", "c2s_pkts", "s2c_pkts", "c2s_frame_bytes",
            "s2c_frame_bytes", "c2s_payload_bytes", "s2c_payload_bytes", "final_state", "midstream",
            "handshake_rtt",
            "c2s_analysis", "s2c_analysis",
        ];
        Assert.Empty(needed.Except(line.EnumerateObject().Select(p => p.Name)));
        Assert.Equal("10.0.0.1", line.GetProperty("client_ip").GetString());
        Assert.Equal(40000, line.GetProperty("client_port").GetInt32());
        Assert.Equal("1795419290.123456789", line.GetProperty("first_ts").GetRawText());
        Assert.Equal("half_closed", line.GetProperty("final_state").GetString());
        Assert.Equal(0.0015, line.GetProperty("handshake_rtt").GetDouble());
        Assert.Equal(new string('0', 62) + "fe", line.GetProperty("s2c_sha256").GetString());
        Assert.Equal(12, line.GetProperty("c2s_bytes").GetInt32());
        Assert.Equal(4, line.GetProperty("s2c_gap_bytes").GetInt32());
        Assert.Equal(3, line.GetProperty("c2s_analysis").GetProperty("retransmission").GetInt32());
        Assert.Empty(new[] { "retransmission", "out_of_order", "duplicate_ack", "keep_alive", "zero_window" }
            .Except(line.GetProperty("s2c_analysis").EnumerateObject().Select(p => p.Name)));
    }

    [Fact]
    public void A_connection_without_handshake_has_no_round_trip_time_and_no_hash()
    {
        JsonElement line = Format(new TcpConnectionRecord { HandshakeRttNs = -1, Midstream = 1 }, []);

        Assert.Equal(JsonValueKind.Null, line.GetProperty("handshake_rtt").ValueKind);
        Assert.True(line.GetProperty("midstream").GetBoolean());
        Assert.False(line.TryGetProperty("c2s_sha256", out _));
    }

    [Fact]
    public void A_flow_has_the_fields_of_flows_json()
    {
        var record = new FlowRecord
        {
            Key = Key("192.168.1.13", 55744, "140.82.114.4", 443),
            StartNs = TimeNs,
            EndNs = TimeNs,
            ClientPackets = 35,
            ClientBytes = 3167,
            Reason = FlowEndReason.Reset,
            NameLength = 10,
            Protocol = new DpiEvent(91, 203, DpiConfidence.Dpi, 6, RiskBits: 1 << 4),
        };

        JsonElement line = Format(record, "TLS.Githubgithub.com\xFF"u8.ToArray());

        string[] needed =
        [
            "l4", "src_ip", "src_port", "dst_ip", "dst_port", "proto", "src_pkts", "src_bytes", "dst_pkts",
            "dst_bytes", "start", "end", "reason", "depth", "community_id",
        ];
        Assert.Empty(needed.Except(line.EnumerateObject().Select(p => p.Name)));
        Assert.Equal("TCP", line.GetProperty("l4").GetString());
        Assert.Equal("TLS.Github", line.GetProperty("proto").GetString());
        Assert.StartsWith("github.com?", line.GetProperty("hostname").GetString());
        Assert.Equal(1, line.GetProperty("risks").GetArrayLength());
        Assert.Equal("rst", line.GetProperty("reason").GetString());
        Assert.Equal("bypass", line.GetProperty("depth").GetString());
        Assert.Equal("Unknown", Format(record, []).GetProperty("proto").GetString());
        Assert.False(Format(default(FlowRecord), []).TryGetProperty("category", out _));
    }

    [Fact]
    public void The_community_id_is_that_of_the_specification_from_either_end()
    {
        // Baseline of the specification: tcp.pcap, 128.232.110.120:34855 > 66.35.250.204:80.
        FlowKey key = Key("128.232.110.120", 34855, "66.35.250.204", 80);
        FlowKey turned = Key("66.35.250.204", 80, "128.232.110.120", 34855);

        Assert.Equal("1:LQU9qZlK+B5F3KDmev6m5PMibrg=", CommunityIdOf(key));
        Assert.Equal("1:LQU9qZlK+B5F3KDmev6m5PMibrg=", CommunityIdOf(turned));
    }

    [Theory]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("fe80::a00:27ff:fe4e:66a1")]
    [InlineData("1:0:0:2:0:0:0:3")]
    public void Ipv6_addresses_are_written_as_the_framework_does(string address)
    {
        FlowKey key = Key(address, 1, "::2", 2);
        Span<byte> text = stackalloc byte[AddressText.BytesMax];

        int bytes = AddressText.Format(key.AddressAHigh, key.AddressALow, 6, text);

        Assert.Equal(IPAddress.Parse(address).ToString(), Encoding.ASCII.GetString(text[..bytes]));
    }

    [Fact]
    public void Formatting_allocates_nothing()
    {
        using RecordFormatter formatter = new();
        var alert = new EveAlertRecord { Key = Key("10.0.0.1", 1, "10.0.0.2", 2), TimeNs = TimeNs };
        var connection = new TcpConnectionRecord { Key = alert.Key, HasHashes = 1 };
        var detection = new EveEventRecord { Key = alert.Key };
        detection.Event.TypeId = EventType<DpiDetect>.Id;
        byte[] tail = [.. U32(1), .. U32(7), .. Text("signature"), .. Text("Web")];
        long allocated = long.MaxValue;

        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                formatter.Format(RecordStream.EveAlert, Reinterpret.BytesOf(in alert), tail);
                formatter.Format(RecordStream.TcpConnection, Reinterpret.BytesOf(in connection), default);
                formatter.Format(RecordStream.EveEvent, Reinterpret.BytesOf(in detection), tail);
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static JsonElement Format<T>(T record, byte[] tail)
        where T : unmanaged, IRecord
    {
        using RecordFormatter formatter = new();
        ReadOnlySpan<byte> line = formatter.Format(T.Stream, Reinterpret.BytesOf(in record), tail);
        Assert.Equal((byte)'\n', line[^1]);
        Assert.Equal(1, line.Count((byte)'\n'));
        return JsonDocument.Parse(line.ToArray()).RootElement;
    }

    private static string CommunityIdOf(FlowKey key)
    {
        Span<byte> text = stackalloc byte[CommunityIdText.BytesMax];
        return Encoding.ASCII.GetString(text[..CommunityIdText.Format(in key, text)]);
    }

    private static FlowKey Key(string a, ushort portA, string b, ushort portB)
    {
        IPAddress addressA = IPAddress.Parse(a);
        (ulong highA, ulong lowA) = Words(addressA);
        (ulong highB, ulong lowB) = Words(IPAddress.Parse(b));
        return new FlowKey
        {
            AddressAHigh = highA,
            AddressALow = lowA,
            AddressBHigh = highB,
            AddressBLow = lowB,
            PortA = portA,
            PortB = portB,
            Protocol = 6,
            IpVersion = (byte)(addressA.GetAddressBytes().Length == 4 ? 4 : 6),
        };
    }

    private static (ulong High, ulong Low) Words(IPAddress address)
    {
        byte[] bytes = address.MapToIPv6().GetAddressBytes();
        return (BitConverter.ToUInt64(bytes), BitConverter.ToUInt64(bytes, 8));
    }

    private static byte[] U32(uint value) => BitConverter.GetBytes(value);

    private static byte[] Text(string text) =>
        [.. BitConverter.GetBytes((ushort)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];
}
