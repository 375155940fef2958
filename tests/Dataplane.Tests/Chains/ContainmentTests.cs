using System.Text;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Chains;

/// <summary>What happens when an NF throws (engine §21).</summary>
public sealed class ContainmentTests
{
    private const string Packets = """{"name":"packets","event":"PKT_IN"}""";

    [Fact]
    public void An_NF_that_throws_now_and_then_stays_and_the_others_hear_everything()
    {
        using ChainBench bench = Throwing("open");
        for (int i = 0; i < 100; i++)
        {
            Hear(bench);
            bench.Wait(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(100UL, bench.Runner.FaultCount);
        Assert.Equal(100UL, bench.DeliveredTo<TcpPacket>("t"));
        Assert.Equal(100UL, bench.DeliveredTo<TcpPacket>("a"));
        Assert.Empty(bench.Notices.Entries);
    }

    [Fact]
    public void Sixteen_throws_in_a_second_take_the_NF_out_and_a_notice_names_it()
    {
        using ChainBench bench = Throwing("open");
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal(Verdict.Pass, Hear(bench));
        }

        Assert.Equal(16UL, bench.DeliveredTo<TcpPacket>("t"));
        Assert.Equal(30UL, bench.DeliveredTo<TcpPacket>("a"));
        CollectedNotices.Entry notice = Assert.Single(bench.Notices.Entries);
        Assert.Equal("EVENT/CHAIN/NF_FAULT", EventTree.Types[notice.Record.TypeId].Path);
        Assert.Equal("t", notice.Nf);
        Assert.Contains("The thrower throws.", Encoding.UTF8.GetString(notice.SideBlock),
            StringComparison.Ordinal);
    }

    [Fact]
    public void When_an_NF_that_fails_closed_is_taken_out_its_flows_are_dropped()
    {
        using ChainBench bench = Throwing("closed");
        for (int i = 0; i < 15; i++)
        {
            Assert.Equal(Verdict.Pass, Hear(bench));
        }

        Assert.Equal(Verdict.DropFlow, Hear(bench));
        Assert.Equal(Verdict.DropFlow, bench.Packet(Side.Client, () => { }, slot: 1));
        Assert.True(bench.Flow.Flags.HasFlag(FlowFlags.DropAll));
    }

    [Fact]
    public void The_events_behind_the_one_at_which_an_NF_threw_still_reach_it()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.NfHearing("a", "recorder", Packets)), typeof(Recorder));
        Recorder recorder = bench.Nf<Recorder>("a");
        recorder.Then = (record, _) => record.EventNumber == 1
            ? throw new InvalidOperationException("The first event throws.")
            : Verdict.Pass;
        bench.Packet(Side.Client, () =>
        {
            bench.Say(default(TcpPacket), Side.Server);
            bench.Say(default(TcpPacket), Side.Server);
        });
        Assert.Equal([1UL, 2UL], recorder.Events.Select(e => e.Record.EventNumber));
    }

    private static Verdict Hear(ChainBench bench) =>
        bench.Packet(Side.Client, () => bench.Say(default(TcpPacket), Side.Server));

    private static ChainBench Throwing(string onFault) =>
        ChainBench.Of(
            ChainBench.Document(
                2,
                "{\"name\":\"t\",\"kind\":\"thrower\",\"onFault\":\"" + onFault + "\"}",
                ChainBench.NfHearing("a", "recorder", Packets)),
            typeof(Thrower), typeof(Recorder));
}
