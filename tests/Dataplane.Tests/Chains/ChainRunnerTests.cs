using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Chains;

public sealed class ChainRunnerTests
{
    private const string Packets = """{"name":"packets","event":"PKT_IN"}""";
    private const string Drops = """{"name":"drops","event":"EVENT/PKT/DROP"}""";
    private const string Probes = """{"name":"probes","event":"EVENT/STAT/PROBE"}""";
    private const string Alerts = """{"name":"alerts","event":"EVENT/IDS_ALERT"}""";

    [Fact]
    public void Each_event_goes_to_the_handler_of_its_nearest_declared_ancestor()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.Nf("s", "sorter")), typeof(Sorter));
        bench.Packet(Side.Client, () =>
        {
            bench.Say(default(UdpPacket));
            bench.Say(default(IpPacket));
            bench.Say(default(ArpPacket));
        });
        Assert.Equal(2, bench.Nf<Sorter>("s").IpCount);
        Assert.Equal(1, bench.Nf<Sorter>("s").PacketCount);
    }

    [Fact]
    public void NFs_are_served_one_after_the_other_each_with_all_its_events()
    {
        using ChainBench bench = Two("a", "b", Packets);
        var order = new List<string>();
        foreach (string name in new[] { "a", "b" })
        {
            bench.Nf<Recorder>(name).Then = (record, _) =>
            {
                order.Add(name + record.EventNumber);
                return Verdict.Pass;
            };
        }

        bench.Packet(Side.Client, () =>
        {
            bench.Say(default(TcpPacket), Side.Server);
            bench.Say(default(TcpPacket), Side.Server);
        });
        Assert.Equal(["a1", "a2", "b1", "b2"], order);
    }

    [Fact]
    public void What_an_NF_publishes_reaches_those_behind_in_the_same_round_and_those_before_in_the_next()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(
                1,
                ChainBench.NfHearing("before", "recorder", Packets, Probes),
                ChainBench.NfHearing("source", "recorder", Packets),
                ChainBench.NfHearing("behind", "recorder", Packets, Probes)),
            typeof(Recorder));
        var order = new List<string>();
        bench.Nf<Recorder>("before").Then = Note(order, "before");
        bench.Nf<Recorder>("behind").Then = Note(order, "behind");
        bench.Nf<Recorder>("source").Then = (_, context) =>
        {
            context.Publish(new Probe(default, 9));
            return Verdict.Pass;
        };
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Equal(["before TCP", "behind TCP", "behind PROBE", "before PROBE"], order);
    }

    [Fact]
    public void A_published_event_names_its_cause_and_comes_after_it()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(
                1,
                ChainBench.NfHearing("source", "recorder", Packets),
                ChainBench.NfHearing("behind", "recorder", Packets, Probes)),
            typeof(Recorder));
        bench.Nf<Recorder>("source").Then = (_, context) =>
        {
            context.Publish(new Probe(default, 9));
            return Verdict.Pass;
        };
        bench.Packet(Side.Server, () => bench.Say(default(TcpPacket), Side.Client));
        IReadOnlyList<Recorder.Heard> heard = bench.Nf<Recorder>("behind").Events;
        Assert.Equal(["EVENT/PKT/TCP", "EVENT/STAT/PROBE"], heard.Select(e => e.Path));
        Assert.Equal((uint)heard[0].Record.EventNumber, heard[1].Record.Cause);
        Assert.Equal(0, heard[1].Record.Publisher);
        Assert.Equal(Side.Server, heard[1].Sender);
        Assert.True(heard[1].Record.EventNumber > heard[0].Record.EventNumber);
    }

    [Fact]
    public void A_drop_ends_the_walk_and_those_behind_hear_of_the_drop_only()
    {
        using ChainBench bench = Inline(Packets, Drops);
        bench.Nf<Recorder>("b").Then = (_, _) => Verdict.DropPacket;
        Verdict verdict = bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Equal(Verdict.DropPacket, verdict);
        Assert.Equal("PKT/TCP PKT/DROP", bench.Nf<Recorder>("a").Paths);
        Assert.Equal("PKT/TCP", bench.Nf<Recorder>("b").Paths);
        Assert.Equal("PKT/DROP", bench.Nf<Recorder>("c").Paths);
    }

    [Fact]
    public void The_alert_that_explains_a_drop_still_reaches_the_NFs_behind()
    {
        using ChainBench bench = Inline(Packets, Alerts);
        bench.Nf<Recorder>("b").Then = (record, context) =>
        {
            context.Publish(default(IdsAlert));
            return Verdict.DropFlow;
        };
        Verdict verdict = bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Equal(Verdict.DropFlow, verdict);
        Assert.Equal("IDS_ALERT", bench.Nf<Recorder>("c").Paths);
    }

    [Fact]
    public void The_strictest_verdict_counts_also_one_of_the_second_round()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(
                2,
                ChainBench.NfHearing("a", "recorder", Probes),
                ChainBench.NfHearing("b", "recorder", Packets)),
            typeof(Recorder));
        bench.Nf<Recorder>("a").Then = (_, _) => Verdict.RejectFlow;
        bench.Nf<Recorder>("b").Then = (_, context) =>
        {
            context.Publish(default(Probe));
            return Verdict.Modified;
        };
        Assert.Equal(
            Verdict.RejectFlow, bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server)));
        Assert.Equal(Verdict.Pass, bench.Packet(Side.Client, () => { }));
    }

    [Fact]
    public void A_chain_that_listens_drops_nothing()
    {
        using ChainBench bench = Two("a", "b", Packets);
        bench.Nf<Recorder>("a").Then = (_, _) => Verdict.DropFlow;
        Assert.Equal(Verdict.Pass,
            bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server)));
        Assert.Equal("PKT/TCP", bench.Nf<Recorder>("b").Paths);
    }

    [Fact]
    public void Switching_a_subscription_sets_the_depth_of_the_flow_after_the_packet()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.NfHearing(
                "a", "recorder", Packets,
                """{"name":"depth","event":"EVENT/FLOW/DEPTH_CHANGE"}""")),
            typeof(Recorder));
        Recorder recorder = bench.Nf<Recorder>("a");
        StackDepth during = StackDepth.Bypass;
        recorder.Then = (record, context) =>
        {
            if (record.TypeId == EventType<TcpPacket>.Id)
            {
                context.Unsubscribe("packets");
                during = context.Flow.Depth;
            }

            return Verdict.Pass;
        };
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Equal(StackDepth.ClientHalf | StackDepth.ServerHalf, during);
        Assert.Equal(StackDepth.Bypass, bench.Flow.Depth);
        Assert.Equal([(during, StackDepth.Bypass)], bench.DepthChanges);
        Assert.Equal("PKT/TCP FLOW/DEPTH_CHANGE", recorder.Paths);
    }

    [Fact]
    public void A_switch_is_for_one_flow_and_a_new_flow_begins_with_all_subscriptions()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.NfHearing("a", "recorder", Packets)), typeof(Recorder));
        bench.Nf<Recorder>("a").Then = (_, context) =>
        {
            context.UnsubscribeAll();
            return Verdict.Pass;
        };
        void Say() => bench.Say(default(TcpPacket), Side.Server);
        bench.Packet(Side.Client, Say, slot: 0);
        bench.Packet(Side.Client, Say, slot: 0);
        bench.Packet(Side.Client, Say, slot: 1);
        bench.End(slot: 0);
        bench.Packet(Side.Client, Say, slot: 0);
        Assert.Equal([0U, 1U, 0U], bench.Nf<Recorder>("a").Events.Select(e => e.Record.Flow.Slot));
    }

    [Fact]
    public void A_subscription_cannot_be_switched_on_where_its_filter_does_not_fit()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.NfHearing(
                "a", "recorder", Packets,
                """{"name":"web","event":"EVENT/DATA_RDY","filter":"port 443"}""")),
            typeof(Recorder));
        bool isOn = true;
        bench.Nf<Recorder>("a").Then = (_, context) =>
        {
            context.Subscribe("web");
            isOn = context.IsSubscribed("web");
            return Verdict.Pass;
        };
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.False(isOn);
    }

    [Fact]
    public void Publishing_an_undeclared_type_is_a_fault_of_the_NF()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.NfHearing("a", "recorder", Packets)), typeof(Recorder));
        bench.Nf<Recorder>("a").Then = (_, context) =>
        {
            context.Publish(default(DpiDetect));
            return Verdict.Pass;
        };
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Equal(1UL, bench.Runner.FaultCount);
        Assert.Equal(0UL, bench.Built<DpiDetect>());
    }

    [Fact]
    public void A_notice_type_reaches_people_though_no_NF_subscribes()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.NfHearing("a", "recorder", Packets)), typeof(Recorder));
        bench.Nf<Recorder>("a").Then = (_, context) =>
        {
            context.Publish(default(LongFlow), [1, 2, 3]);
            return Verdict.Pass;
        };
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        CollectedNotices.Entry notice = Assert.Single(bench.Notices.Entries);
        Assert.Equal(EventType<LongFlow>.Id, notice.Record.TypeId);
        Assert.Equal([1, 2, 3], notice.SideBlock);
    }

    [Fact]
    public void Delivering_allocates_nothing()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(2, ChainBench.Nf("s", "sorter")), typeof(Sorter));
        var sorter = bench.Nf<Sorter>("s");
        Action say = () => bench.Say(default(UdpPacket));
        for (int i = 0; i < 1_000; i++)
        {
            bench.Packet(Side.Client, say);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            bench.Packet(Side.Client, say);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(11_000, sorter.IpCount);
    }

    private static Func<EventRecord, NfContext, Verdict> Note(List<string> order, string name) =>
        (record, _) =>
        {
            order.Add($"{name} {EventTree.Types[record.TypeId].Path.Split('/')[^1]}");
            return Verdict.Pass;
        };

    private static ChainBench Two(string first, string second, params string[] subscriptions) =>
        ChainBench.Of(
            ChainBench.Document(
                1,
                ChainBench.NfHearing(first, "recorder", subscriptions),
                ChainBench.NfHearing(second, "recorder", subscriptions)),
            typeof(Recorder));

    private static ChainBench Inline(params string[] subscriptions) =>
        ChainBench.Of(
            ChainBench.Document(
                2,
                ChainBench.NfHearing("a", "recorder", subscriptions),
                ChainBench.NfHearing("b", "recorder", [Packets]),
                ChainBench.NfHearing("c", "recorder", subscriptions)),
            typeof(Recorder));
}
