using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.NetworkFunctions;
using Testing;

namespace Dataplane.Tests.NetworkFunctions;

public sealed class DpiTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: test\r\n\r\n";

    // A query for example.org, type A (RFC 1035).
    private static readonly byte[] DnsQuery =
    [
        0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        7, .. "example"u8, 3, .. "org"u8, 0, 0, 1, 0, 1,
    ];

    [Fact]
    public void Names_protocol_and_host_of_a_TCP_flow_once_and_leaves_the_flow_alone()
    {
        using NfBench bench = NfBench.With<Dpi>();
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:8123")
            .Handshake().ClientSends(Request)
            .ServerSends("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello")
            .ClientSends(Request).ServerSends(2_000).Close());
        Assert.Equal(
            ["EVENT/DPI_DETECT", "EVENT/DPI/RISK"],
            bench.PublishedEvents.Select(heard => EventTree.Types[heard.Record.TypeId].Path));
        (EventRecord record, byte[] sideBlock) = bench.PublishedEvents[0];
        Assert.Equal(["HTTP", "Web", "www.example.org", "Acceptable"], Texts(sideBlock));
        Assert.Equal(DpiConfidence.Dpi, EventRecord.BodyOf<DpiDetect>(in record).Dpi.Confidence);
        Assert.Equal(StackDepth.Bypass, bench.Flows[record.Flow.Slot].Depth);
        Assert.Equal(0UL, bench.Flows[record.Flow.Slot].LinkMask & 1);
    }

    [Fact]
    public void Names_the_protocol_of_a_UDP_flow_from_its_first_datagram()
    {
        using NfBench bench = NfBench.With<Dpi>();
        bench.Play([PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.53").Udp(4000,
            53).Payload(DnsQuery).At(1_000)]);
        bench.EndAll();
        (EventRecord record, byte[] sideBlock) = Assert.Single(bench.PublishedEvents);
        Assert.Equal(EventType<DpiDetect>.Id, record.TypeId);
        Assert.Equal("DNS", Texts(sideBlock)[0]);
    }

    [Fact]
    public void Guesses_by_port_when_a_flow_ends_without_an_answer()
    {
        using NfBench bench = NfBench.With<Dpi>();
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:443").Handshake());
        Assert.Empty(bench.PublishedEvents);
        bench.EndAll();
        (EventRecord record, byte[] sideBlock) = Assert.Single(bench.PublishedEvents);
        Assert.Equal(EventType<DpiGiveUp>.Id, record.TypeId);
        Assert.Equal("TLS", Texts(sideBlock)[0]);
    }

    [Fact]
    public void Gives_up_at_the_packet_behind_the_eightieth_of_a_TCP_flow()
    {
        using NfBench bench = NfBench.With<Dpi>();
        TcpScript script = TcpScript.Between("10.0.0.1:50001", "10.0.0.2:50002").Handshake();
        for (int i = 0; i < 60; i++)
        {
            script.ClientSends(10);
        }

        bench.Play(script);
        DpiGiveUp given = Assert.Single(bench.Published<DpiGiveUp>());
        Assert.Equal((0, 0, 81), (given.Dpi.Master, given.Dpi.App, given.Dpi.PacketsUsed));
    }

    [Fact]
    public void Gives_up_on_flows_that_find_the_pool_empty_and_counts_them()
    {
        using NfBench bench = NfBench.With<Dpi>(dpiFlows: 1);
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:443").Handshake());
        bench.Play(TcpScript.Between("10.0.0.1:4001", "10.0.0.2:443").Handshake());
        Assert.Single(bench.Published<DpiGiveUp>());
        Assert.Equal(1UL, ((Dpi)bench.Runner.Chains[0].Functions[0]).PoolEmptyCount);
    }

    [Fact]
    public void Says_which_risks_a_flow_has_once_it_is_identified()
    {
        using NfBench bench = NfBench.With<Dpi>();
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:8123")
            .Handshake().ClientSends(Request).ServerSends("HTTP/1.1 200 OK\r\n\r\n"));
        bench.EndAll();
        DpiRisk risk = Assert.Single(bench.Published<DpiRisk>());
        string[] texts = Texts(bench.PublishedEvents[^1].SideBlock);
        Assert.Equal("HTTP", texts[0]);
        Assert.Contains("Known Protocol on Non Standard Port", texts[1], StringComparison.OrdinalIgnoreCase);
        Assert.Equal(texts[1].Split(", ").Length, BitOperations.PopCount(risk.Dpi.RiskBits));
    }

    [Fact]
    public void Says_nothing_of_risks_when_told_not_to()
    {
        using NfBench bench = NfBench.With<Dpi>(new { risks = false });
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:8123")
            .Handshake().ClientSends(Request).ServerSends("HTTP/1.1 200 OK\r\n\r\n"));
        Assert.Empty(bench.EndAll().Published<DpiRisk>());
    }

    private static string[] Texts(byte[] sideBlock)
    {
        var texts = new List<string>();
        for (int at = 0; at < sideBlock.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(sideBlock.AsSpan(at));
            texts.Add(Encoding.UTF8.GetString(sideBlock.AsSpan(at + 2, length)));
            at += 2 + length;
        }

        return [.. texts];
    }
}
