using System.Text;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Inspection.Compile;
using Dataplane.NetworkFunctions;
using Dataplane.Packets;
using Dataplane.Tests.Inspection;
using Dataplane.Tests.Inspection.Verify;
using Testing;

namespace Dataplane.Tests.NetworkFunctions;

public sealed class SignatureMatchTests
{
    private const string Injection =
        "alert tcp any any -> any any (msg:\"Injection\"; flow:established,to_server; "
        + "content:\"union select\"; classtype:web-application-attack; gid:7; sid:9; rev:2;)";

    [Fact]
    public void A_pattern_split_over_segments_is_one_alert_with_the_rule_s_texts()
    {
        using var rules = new Loaded(Injection);
        using ChainBench bench = rules.Bench(ports: 1);
        ulong sent = Handshake(bench);

        sent = Send(bench, "GET /?q=union s", sent);
        Assert.Empty(Alerts(bench));
        sent = Send(bench, "elect HTTP/1.1", sent);
        Send(bench, " and more", sent);

        CollectedNotices.Entry alert = Assert.Single(Alerts(bench));
        IdsAlert body = BodyOf(alert);
        Assert.Equal((9u, (byte)1, IdsAction.Allowed), (body.Ids.Sid, body.Ids.Severity, body.Ids.Action));
        Assert.Equal(Side.Client, body.Source);
        Assert.Equal(7u, BitConverter.ToUInt32(alert.SideBlock));
        Assert.Equal(2u, BitConverter.ToUInt32(alert.SideBlock, sizeof(uint)));
        Assert.Contains("Injection", Encoding.UTF8.GetString(alert.SideBlock));
    }

    [Fact]
    public void A_rule_whose_literal_came_packets_ago_matches_when_its_rest_arrives()
    {
        using var rules = new Loaded(
            "alert tcp any any -> any any (content:\"needle\"; fast_pattern; content:\"end\"; distance:0; "
                + "sid:1;)");
        using ChainBench bench = rules.Bench(ports: 1);
        ulong sent = Handshake(bench);

        sent = Send(bench, "a nee", sent);
        sent = Send(bench, "dle, then", sent);
        sent = Send(bench, " nothing ", sent);
        Assert.Empty(Alerts(bench));
        Send(bench, "but an end", sent);

        Assert.Single(Alerts(bench));
    }

    [Fact]
    public void A_drop_rule_drops_the_flow_inline_and_only_alerts_when_listening()
    {
        using var rules = new Loaded(Injection.Replace("alert", "drop", StringComparison.Ordinal));
        foreach (int ports in new[] { 1, 2 })
        {
            using ChainBench bench = rules.Bench(ports);
            ulong sent = Handshake(bench);

            Verdict verdict = bench.Packet(Side.Client, () => SayData(bench, "a union select", sent));

            IdsAlert body = BodyOf(Assert.Single(Alerts(bench)));
            Assert.Equal(ports == 2 ? IdsAction.Blocked : IdsAction.Allowed, body.Ids.Action);
            Assert.Equal(ports == 2 ? Verdict.DropFlow : Verdict.Pass, verdict);
        }
    }

    [Fact]
    public void In_pieces_mode_bytes_nobody_acknowledged_are_inspected_when_the_flow_ends()
    {
        using var rules = new Loaded(
            Injection + "\nalert tcp any any -> any any (flow:to_client; content:\"x\"; sid:1;)");
        using ChainBench bench = rules.Bench(ports: 1, atOnce: false);
        Send(bench, "a union select", Handshake(bench));

        Assert.Empty(Alerts(bench));
        bench.End();
        Assert.Single(Alerts(bench));
    }

    [Fact]
    public void In_pieces_mode_what_waits_is_inspected_before_ciphertext_is_left()
    {
        using var rules = new Loaded("alert tcp any any -> any any (content:\"client_1\"; sid:1;)");
        using ChainBench bench = rules.Bench(ports: 1, atOnce: false);
        string keys = Encoding.Latin1.GetString(EncryptedBytes.NewKeys);
        ulong sent = Send(bench, "SSH-2.0-client_1.0\r\n" + keys, Handshake(bench));

        Assert.Empty(Alerts(bench));
        Send(bench, "client_1 in what nobody can read", sent);

        Assert.Single(Alerts(bench));
    }

    [Fact]
    public void A_flow_without_rules_costs_no_more_packet_or_stream_events()
    {
        using var rules = new Loaded("alert udp any any -> any any (content:\"x\"; sid:1;)");
        using ChainBench bench = rules.Bench(ports: 1);

        ulong sent = Handshake(bench);
        ulong before = bench.DeliveredTo<TcpPacket>("ids");
        Send(bench, "bytes that nobody wants", sent);

        Assert.Equal(before, bench.DeliveredTo<TcpPacket>("ids"));
        Assert.Equal(0ul, bench.DeliveredTo<DataReady>("ids"));
    }

    [Theory]
    [InlineData("HTTP", 1)]
    [InlineData("HTTP.Google", 1)]
    [InlineData("TLS", 0)]
    public void With_chosen_protocols_bytes_wait_for_the_answer_of_dpi(string protocol, int alerts)
    {
        using var rules = new Loaded(Injection);
        using ChainBench bench = rules.Bench(ports: 1, chosen: "HTTP", detected: protocol);
        ulong sent = Handshake(bench);

        sent = Send(bench, "GET /?q=union select HTTP/1.1", sent);
        Assert.Empty(Alerts(bench));
        Send(bench, "more", sent);

        Assert.Equal(alerts, Alerts(bench).Count);
    }

    [Fact]
    public void A_document_that_names_streams_only_still_hears_ends_of_flows()
    {
        const string OnlyStreams =
            "\"subscriptions\":[{\"event\":\"EVENT/DATA_RDY\",\"sender\":\"client\",\"half\":\"server\"}],";
        using var rules = new Loaded(Injection);
        using ChainBench bench = rules.Bench(ports: 1, subscriptions: OnlyStreams);

        Send(bench, "GET /?q=union select HTTP/1.1", Handshake(bench));
        bench.End();

        Assert.Single(Alerts(bench));
        Assert.Equal(0ul, bench.DeliveredTo<TcpPacket>("ids"));
        Assert.Equal(1ul, bench.DeliveredTo<FlowEnd>("ids"));
    }

    private static List<CollectedNotices.Entry> Alerts(ChainBench bench) =>
        [.. bench.Notices.Entries.Where(e => e.Record.TypeId == EventType<IdsAlert>.Id)];

    private static IdsAlert BodyOf(CollectedNotices.Entry alert)
    {
        EventRecord record = alert.Record;
        return EventRecord.BodyOf<IdsAlert>(in record);
    }

    private static ulong Handshake(ChainBench bench)
    {
        bench.Packet(Side.Client, bench.SayTcp);
        bench.Packet(Side.Server, bench.SayTcp);
        bench.Flow.Flags |= FlowFlags.SynSeen | FlowFlags.SynAckSeen;
        bench.Flow.TcpStates = 0x44;
        bench.Packet(Side.Client, bench.SayTcp);
        return 0;
    }

    private static ulong Send(ChainBench bench, string bytes, ulong offset)
    {
        bench.Packet(Side.Client, () => SayData(bench, bytes, offset));
        return offset + (ulong)bytes.Length;
    }

    private static void SayData(ChainBench bench, string bytes, ulong offset)
    {
        bench.SayTcp();
        bench.Say(new DataReady(offset, (uint)bytes.Length, Side.Client, 0, 0), Side.Server, bytes);
    }

    /// <summary>Says DPI_DETECT with the fifth packet.</summary>
    [NetworkFunction("test-detector", PacketAccess.Read)]
    [Subscribes("packets", typeof(TcpPacket))]
    public sealed class Detector(Detector.Options options)
        : INetworkFunction, IHandle<TcpPacket>, IPublish<DpiDetect>
    {
        private int _seen;

        public sealed record Options
        {
            public string Protocol { get; init; } = "";
        }

        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            if (++_seen == 5 && options.Protocol.Length > 0)
            {
                byte[] name = Encoding.UTF8.GetBytes(options.Protocol);
                context.Publish(
                    default(DpiDetect), [.. BitConverter.GetBytes((ushort)name.Length), .. name, 0, 0, 0, 0]);
            }
            return Verdict.Pass;
        }
    }

    /// <summary>Compiled rules as a resource of chains.</summary>
    private sealed class Loaded(string lines) : INfResources, IDisposable
    {
        private readonly RuleSet _rules = RuleSet.Compile(RuleBench.Load(lines.Split('\n')));

        public object? Find(Type type, string name) => type == typeof(RuleSet) && name == "r" ? _rules : null;

        public ChainBench Bench(
            int ports, bool atOnce = true, string chosen = "", string detected = "",
            string subscriptions = "")
        {
            string detector = ChainBench.Nf("detector", "test-detector", new { protocol = detected });
            string nf = ChainBench.Nf(
                "ids", "signature-match",
                new
                {
                    ruleSet = "r",
                    atOnce,
                    protocols = chosen.Split(',', StringSplitOptions.RemoveEmptyEntries),
                });
            nf = nf.Replace("\"kind\"", subscriptions + "\"kind\"", StringComparison.Ordinal);
            string document = ChainBench.Document(ports, detector, nf).Replace(
                "\"chains\"", "\"ruleSets\":[{\"id\":\"r\"}],\"chains\"", StringComparison.Ordinal);
            return ChainBench.Of(document, this, typeof(SignatureMatch), typeof(Detector));
        }

        public void Dispose() => _rules.Dispose();
    }
}
