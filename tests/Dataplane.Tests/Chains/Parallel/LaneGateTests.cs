using Dataplane.Chains;
using Dataplane.Events;
using Testing;

namespace Dataplane.Tests.Chains.Parallel;

/// <summary>Gates on other cores: they may drop flows, packets wait for them and leave in order.</summary>
public sealed class LaneGateTests
{
    [Fact]
    public void A_gate_elsewhere_lets_the_same_packets_through_in_the_same_order()
    {
        Assert.Equal(Sent("inline"), Sent("parallel"));
        Assert.NotEmpty(Sent("inline"));
    }

    [Fact]
    public void The_flow_s_next_packet_waits_for_the_gate_so_that_none_slips_through()
    {
        using ParallelBench bench = Bench("parallel");
        bench.Play(LaneTests.Talk(1)).EndAll();
        IEnumerable<string> text = bench.Sent.Select(frame => System.Text.Encoding.Latin1.GetString(frame));
        Assert.DoesNotContain(text, frame => frame.Contains("GET", StringComparison.Ordinal));
        Assert.Equal(3, bench.Sent.Count); // the handshake
    }

    [Fact]
    public void A_gate_that_drops_single_packets_stays_on_the_worker_and_the_plan_says_why()
    {
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(2, """{"name":"r","kind":"recorder","placement":"parallel"}"""),
            typeof(Recorder));
        NfPlacement placement = Assert.Single(plan.Chains[0].Functions).Placement;
        Assert.False(placement.IsParallel);
        Assert.Contains("single packets", placement.Reason, StringComparison.Ordinal);
    }

    private static List<string> Sent(string placement)
    {
        using ParallelBench bench = Bench(placement);
        for (int i = 0; i < 30; i++)
        {
            bench.Play(LaneTests.Talk(i));
        }

        bench.EndAll();
        return [.. bench.Sent.Select(Convert.ToHexString)];
    }

    private static ParallelBench Bench(string placement) =>
        ParallelBench.Of(
            ChainBench.Document(
                2, $$"""{"name":"gate","kind":"flow-gate","placement":"{{placement}}"}""",
                """{"name":"s","kind":"sorter"}"""),
            typeof(FlowGate), typeof(Sorter));

    /// <summary>Drops flows from odd ports at their first bytes.</summary>
    [Profile(Reads = PacketFields.Ports | PacketFields.Payload, Drops = DropForm.Flow)]
    [NetworkFunction("flow-gate", PacketAccess.Gate)]
    [Subscribes("packets", typeof(TcpPacket))]
    private sealed class FlowGate : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context) =>
            context.Packet.PayloadLength > 0 && (context.Key.PortA & 1) == 1
                ? Verdict.DropFlow
                : Verdict.Pass;
    }
}
