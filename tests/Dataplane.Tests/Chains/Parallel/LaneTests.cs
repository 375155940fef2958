using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Native.Memory;
using Testing;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>NFs on other cores hear and say what they would on the worker.</summary>
public sealed class LaneTests
{
    private const string Everything =
        """
        {"name":"packets","event":"PKT_IN","half":"both"}
        """;

    private const string Bytes = """{"name":"bytes","event":"EVENT/DATA_RDY"}""";
    private const string Flows = """{"name":"flows","events":["EVENT/FLOW/START","EVENT/FLOW/END"]}""";

    [Fact]
    public void An_observer_elsewhere_hears_the_events_of_one_on_the_worker_in_the_same_order()
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, Nf("here", "inline", Everything, Bytes, Flows),
                Nf("there", "parallel", Everything, Bytes, Flows)),
            typeof(Recorder));
        for (int i = 0; i < 40; i++)
        {
            bench.Play(Talk(i));
        }

        bench.EndAll();
        string[] here = Texts(bench.Nf<Recorder>("here"));
        Assert.True(here.Length > 500);
        Assert.Equal(here, Texts(bench.Nf<Recorder>("there")));
        Assert.Equal(0, bench.Runner.LostBufferCount);
    }

    [Fact]
    public void Bytes_that_waited_out_of_order_reach_an_NF_elsewhere_whole()
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, Nf("there", "parallel", Bytes)), typeof(Recorder));
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80")
            .Handshake().ClientSegment(8, "ijkl").ClientSegment(4, "efgh").ClientSegment(0, "abcd")).EndAll();
        Assert.Equal(
            "abcdefghijkl",
            string.Concat(bench.Nf<Recorder>("there").Events.Where(e => e.Bytes != "").Select(e => e.Bytes)));
    }

    [Fact]
    public void What_it_had_before_it_left_a_flow_is_all_it_gets()
    {
        (List<ulong> here, List<ulong> there) = (Left("inline"), Left("parallel"));
        Assert.Equal(here, there);
        Assert.NotEmpty(here);
    }

    [Fact]
    public void What_it_switches_on_begins_with_the_next_byte_and_misses_none()
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, """{"name":"late","kind":"late","placement":"parallel"}"""), typeof(Late));
        bench.Nf<Late>("late").At = 5;
        bench.Play(Talk(1)).EndAll();
        using NfBench sequential = NfBench.With<Late>();
        var late = (Late)sequential.Runner.Chains[0].Functions[0];
        late.At = 5;
        sequential.Play(Talk(1)).EndAll();
        Assert.Equal(
            late.Received.Select(r => (r.Bytes, r.IsReplay)),
            bench.Nf<Late>("late").Received.Select(r => (r.Bytes, r.IsReplay)));
        Assert.Contains(late.Received, r => r.IsReplay);
    }

    [Fact]
    public void What_it_publishes_reaches_the_NFs_behind_it_with_the_same_packet()
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, Nf("source", "parallel", Everything),
                Nf("behind", "inline", Everything, """{"name":"probes","event":"EVENT/STAT/PROBE"}""")),
            typeof(Recorder));
        bench.Nf<Recorder>("source").Then = (record, context) =>
        {
            context.Publish(new Probe(default, (uint)record.EventNumber));
            return Verdict.Pass;
        };
        bench.Play(Talk(1)).EndAll();
        IReadOnlyList<Recorder.Heard> heard = bench.Nf<Recorder>("behind").Events;
        Recorder.Heard[] probes = [.. heard.Where(e => e.Path == "EVENT/STAT/PROBE")];
        Recorder.Heard[] packets = [.. heard.Where(e => e.Path != "EVENT/STAT/PROBE")];
        Assert.Equal(packets.Select(p => (uint)p.Record.EventNumber), probes.Select(p => p.Record.Cause));
        Assert.All(probes, probe => Assert.Equal(0, probe.Record.Publisher));

        // Each is heard before the next packet's events.
        Assert.Equal(heard.Select(e => e.Record.TimeNs).Order(), heard.Select(e => e.Record.TimeNs));
    }

    [Fact]
    public void A_notice_from_elsewhere_reaches_people_once()
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, Nf("source", "parallel", Everything)), typeof(Recorder));
        bench.Nf<Recorder>("source").Then = (_, context) =>
        {
            context.Publish(default(LongFlow), [1, 2, 3]);
            return Verdict.Pass;
        };
        bench.Play(Talk(1)).EndAll();
        Assert.Equal(bench.Nf<Recorder>("source").Events.Count, bench.Notices.Entries.Count);
        Assert.All(
            bench.Notices.Entries, entry => Assert.Equal(("source", 3), (entry.Nf, entry.SideBlock.Length)));
    }

    internal static string Nf(string name, string placement, params string[] subscriptions) =>
        $$"""
        {"name":"{{name}}","kind":"recorder","placement":"{{placement}}",
         "subscriptions":[{{string.Join(",", subscriptions)}}]}
        """;

    /// <summary>Everything about what an NF heard, number and body included.</summary>
    internal static string[] Texts(Recorder recorder) => [.. recorder.Events.Select(heard =>
    {
        EventRecord record = heard.Record;
        return $"{heard.Path} {heard.Bytes} {Convert.ToHexString(Reinterpret.BytesOf(in record))}";
    })];

    internal static TcpScript Talk(int number) =>
        TcpScript.Between($"10.0.0.1:{4000 + number}", "10.0.0.2:80").Handshake()
            .ClientSends("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
            .ServerSends("HTTP/1.1 200 OK\r\n\r\nhello").ClientSegment(40, "later")
            .ClientSends("GET /2 HTTP/1.1\r\n\r\n").ServerSends("HTTP/1.1 404 No\r\n\r\n");

    private static List<ulong> Left(string placement)
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, Nf("nf", placement, Everything, Bytes)), typeof(Recorder));
        Recorder recorder = bench.Nf<Recorder>("nf");
        recorder.Then = (record, context) =>
        {
            if (recorder.Events.Count % 7 == 6)
            {
                context.Unsubscribe("packets");
            }

            if (recorder.Events.Count % 11 == 10)
            {
                context.UnsubscribeAll();
            }

            return Verdict.Pass;
        };
        for (int i = 0; i < 30; i++)
        {
            bench.Play(Talk(i));
        }

        bench.EndAll();
        return [.. recorder.Events.Select(e => (ulong)e.Record.TypeId << 32 | e.Record.Flow.Value)];
    }
}
