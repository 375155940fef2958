using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Events;

/// <summary>The rules E1 to E10 of the event catalogue, one test or more each.</summary>
public sealed class EventSemanticsTests
{
    private const string Everything = """{"event":"EVENT","half":"both","name":"all"}""";

    [Fact]
    public void E1_A_subscriber_to_a_node_hears_every_descendant()
    {
        using ChainBench bench = ChainBench.Of(Chain("""{"event":"EVENT/PKT"}"""), typeof(Recorder));
        bench.Packet(Side.Client, () =>
        {
            bench.Say(default(UdpPacket));
            bench.Say(default(TcpPacket), Side.Server);
            bench.Say(default(FragmentOverlap));
            bench.Say(default(TcpRetransmission), Side.Server);
        });
        Assert.Equal(
            "PKT/IP/UDP PKT/TCP PKT/IP/FRAG/OVERLAP", bench.Nf<Recorder>("r").Paths);
    }

    [Fact]
    public void E1_An_event_reaches_an_NF_once_though_it_subscribed_to_several_ancestors()
    {
        using ChainBench bench = ChainBench.Of(
            Chain("""{"event":"EVENT"}""", """{"event":"EVENT/PKT"}""", """{"event":"PKT_IN"}"""),
            typeof(Recorder));
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Equal(1UL, bench.DeliveredTo<TcpPacket>("r"));
    }

    [Fact]
    public void E2_A_subscription_to_what_an_NF_cannot_hear_is_a_fault_that_names_both_types()
    {
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(1, ChainBench.NfHearing("t", "thrower", """{"event":"EVENT/DATA_RDY"}""")),
            typeof(Thrower));
        string message = Assert.Single(plan.Faults).Message;
        Assert.Contains("EVENT/DATA_RDY", message, StringComparison.Ordinal);
        Assert.Contains("EVENT/PKT/TCP", message, StringComparison.Ordinal);
    }

    [Fact]
    public void E2_A_subscription_to_what_nobody_publishes_is_a_fault()
    {
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(1, ChainBench.NfHearing("r", "recorder", """{"event":"EVENT/DPI_DETECT"}""")),
            typeof(Recorder));
        Assert.Equal("not-published", Assert.Single(plan.Faults).Code);
    }

    [Fact]
    public void E3_A_handler_reads_the_fields_of_its_declared_type_whatever_descendant_comes()
    {
        using ChainBench bench = ChainBench.Of(Chain("""{"event":"EVENT/STAT"}"""), typeof(Recorder));
        Recorder recorder = bench.Nf<Recorder>("r");
        uint window = 0;
        recorder.Then = (record, _) =>
        {
            window = new Event<StatEvent>(in record).Body.WindowMs;
            return Verdict.Pass;
        };
        bench.Packet(Side.Client, () => bench.Say(new LongFlow(new StatEvent(77), 1, 2, 3)));
        Assert.Equal(77U, window);
    }

    [Fact]
    public void E4_Parts_of_one_subscription_must_all_fit_and_any_of_several_subscriptions_will_do()
    {
        using ChainBench bench = ChainBench.Of(
            Chain(
                """{"name":"one","event":"PKT_IN","sender":"client","filter":"port 4000"}""",
                """{"name":"two","event":"PKT_IN","sender":"server","filter":"port 4001"}"""),
            typeof(Recorder));
        foreach (uint slot in new uint[] { 0, 1 })
        {
            bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server), slot);
            bench.Packet(Side.Server, () => bench.Say(default(TcpPacket), Side.Client), slot);
        }

        Assert.Equal(
            [(0U, Side.Client), (1U, Side.Server)],
            bench.Nf<Recorder>("r").Events.Select(e => (e.Record.Flow.Slot, e.Sender)));
    }

    [Fact]
    public void E5_An_event_that_no_subscription_wants_is_not_built()
    {
        using ChainBench bench = ChainBench.Of(
            Chain("""{"event":"PKT_IN","sender":"client"}"""), typeof(Recorder));
        bench.Packet(Side.Server, () => bench.SayTcp());
        Assert.Equal(0UL, bench.Built<TcpPacket>());
        Assert.Equal(0UL, bench.Bus.LastEventNumber);
        bench.Packet(Side.Client, () => bench.SayTcp());
        Assert.Equal(1UL, bench.Built<TcpPacket>());
    }

    [Fact]
    public void E6_Unsubscribing_holds_from_the_answered_number_on_and_queued_events_still_come()
    {
        using ChainBench bench = ChainBench.Of(
            Chain("""{"name":"packets","event":"PKT_IN","half":"both"}"""), typeof(Recorder));
        Recorder recorder = bench.Nf<Recorder>("r");
        ulong last = 0;
        recorder.Then = (_, context) =>
        {
            last = last == 0 ? context.Unsubscribe("packets") : last;
            return Verdict.Pass;
        };
        bench.Packet(Side.Client, bench.SayTcp);
        bench.Packet(Side.Client, bench.SayTcp);
        Assert.Equal(2UL, last);
        Assert.Equal([1UL, 2UL], recorder.Events.Select(e => e.Record.EventNumber));
    }

    [Fact]
    public void E7_A_subscription_with_an_offset_gets_the_kept_bytes_first_flagged_replay()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.Nf("l", "late")), typeof(Late));
        bench.Kept = "GET / HTTP/1.1";
        Late late = bench.Nf<Late>("l");
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        bench.Packet(Side.Client, () => bench.Say(
            new DataReady(14, 2, Side.Client, 0, 0), Side.Server, "\r\n"));
        Assert.Equal([("GET / HTTP/1.1", true), ("\r\n", false)],
            late.Received.Select(d => (d.Bytes, d.IsReplay)));
        Assert.All(late.Received, data => Assert.True(data.Number > late.Effective));
        Assert.Equal([(2UL, 0UL)], bench.Replays);
    }

    [Fact]
    public void E7_The_stack_keeps_bytes_while_a_late_subscription_waits_and_no_longer()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.Nf("l", "late")), typeof(Late));
        LinkTable links = bench.Runner.Chains[0].Chain.Links;
        KeptRange waiting = links.KeepOf(1, Side.Client);
        Assert.Equal(0UL, waiting.From);
        Assert.True(links.DepthOf(1).HasFlag(StackDepth.ClientStream));
        Assert.True(links.KeepOf(2, Side.Client).IsNone);
        Assert.Equal(StackDepth.Bypass, links.DepthOf(0));
    }

    [Fact]
    public void E8_Loops_of_publications_are_cut_at_sixteen_hops_and_counted()
    {
        using ChainBench bench = ChainBench.Of(
            Chain("""{"event":"PKT_IN"}""", """{"event":"EVENT/STAT/PROBE"}"""), typeof(Recorder));
        Recorder recorder = bench.Nf<Recorder>("r");
        recorder.Then = (_, context) =>
        {
            context.Publish(default(Probe));
            return Verdict.Pass;
        };
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Equal(16, recorder.Events.Count(e => e.Path == "EVENT/STAT/PROBE"));
        Assert.Equal(16, recorder.Events[^1].Record.Hops);
        Assert.Equal(1UL, bench.Runner.LoopCutCount);
    }

    [Fact]
    public void E9_Each_subscriber_hears_a_packets_events_in_the_order_of_publication()
    {
        using ChainBench bench = ChainBench.Of(Chain(Everything), typeof(Recorder));
        bench.Packet(Side.Client, () =>
        {
            bench.Say(default(TcpPacket), Side.Client);
            bench.Say(default(TcpStateChange), Side.Client);
            bench.Say(default(TcpPacket), Side.Server);
            bench.Say(default(TcpRetransmission), Side.Server);
            bench.Say(default(DataReady), Side.Server);
        });
        bench.End();
        Recorder recorder = bench.Nf<Recorder>("r");
        Assert.Equal(
            "FLOW/START PKT/TCP TCP/STATE PKT/TCP TCP/REXMIT DATA_RDY FLOW/UPDATE FLOW/END",
            recorder.Paths);
        Assert.Equal(
            [
                Side.None, Side.Client, Side.Client, Side.Server, Side.Server, Side.Server, Side.None,
                Side.None,
            ],
            recorder.Events.Select(e => e.Half));
        Assert.True(recorder.Events[^1].Record.Flags.HasFlag(EventFlags.LastForFlow));
    }

    [Fact]
    public void E9_More_than_sixteen_events_of_a_packet_are_delivered_in_rounds_and_in_order()
    {
        using ChainBench bench = ChainBench.Of(Chain(Everything), typeof(Recorder));
        Recorder recorder = bench.Nf<Recorder>("r");
        bench.Packet(Side.Client, () => { });
        recorder.Forget();
        bench.Packet(Side.Client, () =>
        {
            for (ulong i = 0; i < 40; i++)
            {
                bench.Say(new DataReady(i, 1, Side.Client, 0, 0), Side.Server);
            }
        });
        Assert.Equal(
            Enumerable.Range(0, 40).Select(i => (ulong)i),
            recorder.Events.Where(e => e.Path == "EVENT/DATA_RDY").Select(e => OffsetOf(e.Record)));
        Assert.Equal(2UL, bench.Bus.ForcedRoundCount);
        Assert.Equal(0UL, bench.Bus.LostCount);
    }

    [Fact]
    public void E10_Packet_events_never_merge()
    {
        using ChainBench bench = ChainBench.Of(
            Chain("""{"event":"PKT_IN","half":"both"}"""), typeof(Recorder));
        bench.Packet(Side.Client, () =>
        {
            bench.SayTcp();
            bench.SayTcp();
        });
        Assert.Equal(4UL, bench.DeliveredTo<TcpPacket>("r"));
    }

    private static ulong OffsetOf(EventRecord record) => EventRecord.BodyOf<DataReady>(in record).Offset;

    private static string Chain(params string[] subscriptions) =>
        ChainBench.Document(1, ChainBench.NfHearing("r", "recorder", subscriptions));
}
