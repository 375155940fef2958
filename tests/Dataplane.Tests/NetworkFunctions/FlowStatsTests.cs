using CsCheck;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.NetworkFunctions;
using Testing;

namespace Dataplane.Tests.NetworkFunctions;

public sealed class FlowStatsTests
{
    [Fact]
    public void Reports_a_flow_once_exactly_when_its_mean_packet_length_passes_the_threshold() =>
        Gen.Select(Gen.Int[0, 1_400].Array[1, 30], Gen.Int[60, 500], Gen.Int[1, 20]).Sample(
            (sizes, mean, least) =>
            {
                TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake();
                foreach (int size in sizes)
                {
                    script.ClientSends(size);
                }

                using NfBench bench = NfBench.With<FlowStats>(
                    new { meanPacketBytes = mean, minPackets = least });
                bench.Play(script);
                Assert.Equal(Expected(script.Frames, mean, least), bench.Published<LongFlow>());
            },
            iter: 60);

    [Fact]
    public void Watching_a_flows_mean_asks_nothing_of_the_stack()
    {
        using NfBench bench = NfBench.With<FlowStats>(new { meanPacketBytes = 1_400, minPackets = 4 });
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake().ClientSends(1_000));
        Assert.Equal(StackDepth.Bypass, bench.Flows[0].Depth);
        Assert.Equal(0UL, bench.Bus.BuiltByType[EventType<TcpPacket>.Id]);
        Assert.Empty(bench.Published<LongFlow>());
    }

    [Fact]
    public void A_document_may_subscribe_it_to_packets_as_the_paper_does()
    {
        using NfBench bench = NfBench.Chain(
            [ChainBench.NfHearing("stats", "flow-stats", """{"name":"packets","event":"PKT_IN"}""")],
            typeof(FlowStats));
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake().ClientSends(99_000));
        Assert.Equal(EventType<LongFlow>.Id, Assert.Single(bench.Notices.Entries).Record.TypeId);
    }

    [Fact]
    public void A_reported_flow_costs_nothing_more()
    {
        using NfBench bench = NfBench.With<FlowStats>(new { meanPacketBytes = 60, minPackets = 1 });
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80")
            .Handshake().ClientSends(1_000).ServerSends(9_000));
        Assert.Single(bench.Published<LongFlow>());
        Assert.Equal(StackDepth.Bypass, bench.Flows[0].Depth);
    }

    [Fact]
    public void Writes_a_record_of_each_flow_at_its_end()
    {
        IReadOnlyList<Frame> frames = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80")
            .OnVlan(7).Handshake().ClientSends(100).ServerSends(3_000).Close().Frames;
        using NfBench bench = NfBench.With<FlowStats>();
        bench.Play(frames).EndAll();
        FlowRecord record = Assert.Single(bench.Records.Of<FlowRecord>()).Record;
        Frame[] client = [.. frames.Where(frame => frame.Bytes[11] == 1)];
        Frame[] server = [.. frames.Where(frame => frame.Bytes[11] == 2)];
        Assert.Equal(
            ((uint)client.Length, (ulong)client.Sum(f => f.Bytes.Length)),
            (record.ClientPackets, record.ClientBytes));
        Assert.Equal(
            ((uint)server.Length, (ulong)server.Sum(f => f.Bytes.Length)),
            (record.ServerPackets, record.ServerBytes));
        Assert.Equal(frames[0].TimestampNs / 1_000, record.StartNs / 1_000);
        Assert.Equal(frames[^1].TimestampNs / 1_000_000, record.EndNs / 1_000_000);
        Assert.Equal(
            (4000, 80, 7, 0), (record.Key.PortA, record.Key.PortB, record.Key.Vlan, record.ClientIsB));
    }

    [Fact]
    public void A_record_names_the_protocol_also_of_a_flow_that_is_named_only_when_it_ends()
    {
        using NfBench bench = NfBench.Chain(
            [ChainBench.Nf("dpi", "dpi"), ChainBench.Nf("stats", "flow-stats")],
            typeof(Dpi), typeof(FlowStats));
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:443").Handshake());
        bench.Play(TcpScript.Between("10.0.0.1:4001", "10.0.0.2:80").Handshake()
            .ClientSends("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n")
            .ServerSends("HTTP/1.1 200 OK\r\n\r\n"));
        bench.EndAll();
        (FlowRecord Record, string Tail)[] flows =
            [.. bench.Records.Of<FlowRecord>().OrderBy(entry => entry.Tail, StringComparer.Ordinal)];
        Assert.Equal(["HTTPexample.org", "TLS"], flows.Select(entry => entry.Tail));
        Assert.Equal([4, 3], flows.Select(entry => (int)entry.Record.NameLength));
        Assert.Equal(
            [DpiConfidence.Dpi, DpiConfidence.MatchByPort],
            flows.Select(entry => entry.Record.Protocol.Confidence));
    }

    [Fact]
    public void Writes_no_records_when_told_not_to()
    {
        using NfBench bench = NfBench.With<FlowStats>(new { flowRecords = false });
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:443").Handshake()).EndAll();
        Assert.Empty(bench.Records.Of<FlowRecord>());
    }

    private static LongFlow[] Expected(IReadOnlyList<Frame> frames, int mean, int least)
    {
        long bytes = 0;
        for (int i = 0; i < frames.Count; i++)
        {
            bytes += frames[i].Bytes.Length;
            if (i + 1 >= least && bytes > (long)mean * (i + 1))
            {
                uint durationMs = (uint)((frames[i].TimestampNs - frames[0].TimestampNs) / 1_000_000);
                return
                [
                    new LongFlow(
                        new StatEvent(durationMs), (uint)(bytes / (i + 1)), (uint)(i + 1), (ulong)bytes),
                ];
            }
        }

        return [];
    }
}
