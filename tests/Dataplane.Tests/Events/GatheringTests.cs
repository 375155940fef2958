using Dataplane.Chains;
using Dataplane.Events;
using Testing;

namespace Dataplane.Tests.Events;

/// <summary>E10: bytes in larger pieces, over the real stack.</summary>
public sealed class GatheringTests
{
    [Fact]
    public void E10_Bytes_of_one_burst_are_one_event_for_each_flow_and_side_and_packets_never_merge()
    {
        using NfBench bench = Bench(
            """{"name":"data","event":"EVENT/DATA_RDY","minBytes":32768}""",
            """{"name":"packets","event":"PKT_IN","where":"plen > 0"}""");
        bench.Play(Script().Every(TimeSpan.Zero).Handshake()
            .ClientSends("GET ").ClientSends("/ HTTP").ClientSends("/1.1")
            .ServerSends("200").ServerSends(" OK"));
        Recorder recorder = RecorderOf(bench);
        Assert.Equal(["200 OK", "GET / HTTP/1.1"], Pieces(recorder).Order(StringComparer.Ordinal));
        Assert.Equal(5, recorder.Events.Count(e => EventTree.IsA(e.Record.TypeId, EventType<TcpPacket>.Id)));
    }

    [Fact]
    public void Bytes_are_held_back_until_there_are_enough_or_the_side_ends()
    {
        using NfBench bench = Bench(
            """{"event":"EVENT/DATA_RDY","sender":"client","minBytes":10,"maxDelayMs":60000}""");
        bench.Play(Script().Handshake().ClientSends("0123").ClientSends("4567").ClientSends("89ab")
            .ClientSends("a long one of its own").ClientSends("end").Close());
        Assert.Equal(["0123456789ab", "a long one of its own", "end"], Pieces(RecorderOf(bench)));
    }

    [Fact]
    public void Bytes_wait_no_longer_than_the_longest_delay()
    {
        using NfBench bench = Bench(
            """{"event":"EVENT/DATA_RDY","sender":"client","minBytes":1000,"maxDelayMs":500}""");
        TcpScript script = Script().Every(TimeSpan.FromMilliseconds(1));
        bench.Play(script.Handshake().ClientSends("a").ClientSends("b").Wait(TimeSpan.FromSeconds(1))
            .ClientAcks().ClientSends("c"));
        Assert.Equal("ab", Pieces(RecorderOf(bench))[0]);
    }

    [Fact]
    public void Bytes_go_before_the_gap_behind_them()
    {
        using NfBench bench = Bench(
            """{"event":"EVENT/DATA_RDY","sender":"client","minBytes":1000,"maxDelayMs":60000}""");
        bench.Play(Script().Handshake().ClientSends("abc").ClientSegment(5, "fgh")).EndAll();
        Assert.Equal("DATA_RDY", RecorderOf(bench).Paths.Split(' ')[0]);
        Assert.Equal("abc", Pieces(RecorderOf(bench))[0]);
    }

    [Fact]
    public void An_NF_that_may_drop_cannot_have_its_bytes_held_back() =>
        Assert.Equal("no-gathering", Assert.Single(ChainBench.Plan(
            ChainBench.Document(2, ChainBench.NfHearing(
                "r", "recorder", """{"event":"EVENT/DATA_RDY","minBytes":10}""")),
            typeof(Recorder)).Faults).Code);

    private static string[] Pieces(Recorder recorder) =>
        [.. recorder.Events.Where(e => e.Bytes.Length > 0).Select(e => e.Bytes)];

    private static NfBench Bench(params string[] subscriptions) =>
        NfBench.Listening([ChainBench.NfHearing("r", "recorder", subscriptions)], typeof(Recorder));

    private static Recorder RecorderOf(NfBench bench) => (Recorder)bench.Runner.Chains[0].Functions[0];

    private static TcpScript Script() => TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80");
}
