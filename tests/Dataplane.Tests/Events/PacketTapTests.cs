using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Events;

/// <summary>Events before and behind the stack, of frames without IP, and of the appliance itself.</summary>
public sealed class PacketTapTests
{
    [Fact]
    public void E9_A_packet_is_told_of_on_arrival_before_the_stack_behind_it_and_when_it_leaves()
    {
        using NfBench bench = Bench(
            """{"name":"in","event":"EVENT/PKT/IN"}""",
            """{"name":"pre","event":"PKT_IN","hook":"pre"}""",
            """{"name":"post","event":"PKT_IN"}""",
            """{"name":"out","event":"EVENT/PKT/OUT"}""");
        bench.Play(Script().Syn());
        Recorder recorder = RecorderOf(bench);
        Assert.Equal(
            [
                (typeof(PacketIn), false), (typeof(TcpPacket), true), (typeof(TcpPacket), false),
                (typeof(PacketOut), false),
            ],
            recorder.Events.Select(e => (BranchOf(e.Record.TypeId), e.Record.Flags.HasFlag(EventFlags.Pre))));
        EventRecord left = recorder.Events[^1].Record;
        Assert.Equal(1, EventRecord.BodyOf<PacketOut>(in left).OutPort);
    }

    [Fact]
    public void A_packet_dropped_before_the_stack_never_reaches_it_and_does_not_leave()
    {
        using NfBench bench = Bench(
            """{"name":"pre","event":"PKT_IN","hook":"pre"}""",
            """{"name":"post","event":"PKT_IN"}""",
            """{"name":"state","event":"EVENT/TCP/STATE","half":"both"}""",
            """{"name":"out","event":"EVENT/PKT/OUT"}""");
        Recorder recorder = RecorderOf(bench);
        recorder.Then = (record, _) =>
            record.Flags.HasFlag(EventFlags.Pre) ? Verdict.DropPacket : Verdict.Pass;
        bench.Play(Script().Syn());
        Assert.All(recorder.Events, e => Assert.True(e.Record.Flags.HasFlag(EventFlags.Pre)));
        Assert.Single(recorder.Events);
    }

    [Fact]
    public void Frames_without_IP_have_events_where_somebody_hears_them_and_no_flow_elsewhere()
    {
        byte[] arp = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 6, .. new byte[46]];
        byte[] other = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xCC, .. new byte[46]];
        Frame[] frames = [new(1_000_000_000, arp), new(1_000_000_001, other)];
        using NfBench hearing = Bench(
            """{"name":"raw","event":"EVENT/PKT/IN/RAW"}""", """{"name":"eth","event":"EVENT/PKT/ETH"}""");
        hearing.Play(frames);
        Assert.Equal(
            "PKT/IN/RAW PKT/ETH/ARP PKT/IN/RAW PKT/ETH", RecorderOf(hearing).Paths);
        using NfBench deaf = Bench("""{"event":"PKT_IN"}""");
        deaf.Play(frames);
        Assert.Equal((2U, 0U), (hearing.Flows.Count, deaf.Flows.Count));
    }

    [Fact]
    public void An_eviction_is_told_of_before_the_flows_end()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.NfHearing("r", "recorder", """{"event":"EVENT/FLOW"}""")),
            typeof(Recorder));
        bench.Packet(Side.Client, () => { });
        bench.Nf<Recorder>("r").Forget();
        bench.End(FlowEndReason.Evicted);
        Assert.Equal("FLOW/EVICTED FLOW/END", bench.Nf<Recorder>("r").Paths);
    }

    [Fact]
    public void A_flow_that_nobody_needs_any_more_is_said_to_be_bypassed()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.NfHearing("r", "recorder",
                """{"name":"packets","event":"PKT_IN"}""",
                """{"name":"flow","events":["EVENT/FLOW/BYPASSED","EVENT/FLOW/DEPTH_CHANGE"]}""")),
            typeof(Recorder));
        bench.Nf<Recorder>("r").Then = (_, context) =>
        {
            context.Unsubscribe("packets");
            return Verdict.Pass;
        };
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Equal("PKT/TCP FLOW/BYPASSED FLOW/DEPTH_CHANGE", bench.Nf<Recorder>("r").Paths);
    }

    [Fact]
    public void What_concerns_no_flow_is_told_to_those_who_name_it()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1,
                ChainBench.NfHearing("all", "recorder", """{"event":"EVENT"}"""),
                ChainBench.NfHearing("r", "recorder", """{"events":["EVENT/CHAIN","EVENT/SYS"]}""")),
            typeof(Recorder));
        bench.Runner.Tick(bench.NowNs);
        bench.Runner.Tick(bench.NowNs);
        Recorder recorder = bench.Nf<Recorder>("r");
        Assert.Equal("CHAIN/NF_UP CHAIN/NF_UP SYS/TICK SYS/TICK", recorder.Paths);
        Assert.All(recorder.Events, e => Assert.Equal(Dataplane.Flows.FlowId.None, e.Record.Flow));
        Assert.Empty(bench.Nf<Recorder>("all").Events);
    }

    [Fact]
    public void An_NF_that_was_taken_out_is_said_to_be_down()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.Nf("t", "thrower"),
                ChainBench.NfHearing("r", "recorder", """{"events":["EVENT/CHAIN"]}""")),
            typeof(Thrower), typeof(Recorder));
        bench.Runner.Tick(bench.NowNs);
        for (int i = 0; i < 20; i++)
        {
            bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        }

        bench.Runner.Tick(bench.NowNs);
        Assert.Equal("CHAIN/NF_UP CHAIN/NF_UP CHAIN/NF_FAULT CHAIN/NF_DOWN", bench.Nf<Recorder>("r").Paths);
    }

    [Fact]
    public void Any_NF_may_say_what_it_is_doing()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.NfHearing(
                "r", "recorder", """{"event":"PKT_IN"}""", """{"event":"EVENT/SYS/DEBUG"}""")),
            typeof(Recorder));
        bench.Nf<Recorder>("r").Then = (record, context) =>
        {
            if (record.TypeId == EventType<TcpPacket>.Id)
            {
                context.Publish(default(DebugMessage), [2, 0, (byte)'h', (byte)'i']);
            }

            return Verdict.Pass;
        };
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));
        Assert.Equal("PKT/TCP SYS/DEBUG", bench.Nf<Recorder>("r").Paths);
    }

    private static Type BranchOf(ushort type) =>
        EventTree.IsA(type, EventType<TcpPacket>.Id) ? typeof(TcpPacket) : EventTree.Types[type].Body;

    private static NfBench Bench(params string[] subscriptions) =>
        NfBench.Chain([ChainBench.NfHearing("r", "recorder", subscriptions)], typeof(Recorder));

    private static Recorder RecorderOf(NfBench bench) => (Recorder)bench.Runner.Chains[0].Functions[0];

    private static TcpScript Script() => TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80");
}
