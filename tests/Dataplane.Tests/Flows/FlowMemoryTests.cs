using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Stacks.TcpMonitor;
using Xunit;

namespace Dataplane.Tests.Flows;

/// <summary>What a flow may take, reckoned from the tables themselves.</summary>
public sealed class FlowMemoryTests
{
    /// <summary>Table and both halves of a followed flow, its share of the index and of the wheel
    /// included.</summary>
    private const ulong FollowedBytesMax = 256;

    /// <summary>A flow without halves: bypassed, or a first SYN.</summary>
    private const int BypassedBytesMax = 112;
    private const uint Flows = 100_000;

    [Fact]
    public void A_followed_flow_takes_no_more_than_256_bytes_of_table_and_halves()
    {
        using var table = new FlowTable(Flows, FlowHash.Fixed);
        using var pairs = new TcpPairs(Flows);
        ulong wheel = WheelBytesOf(table);

        Assert.InRange((table.Bytes + wheel + pairs.Bytes) / Flows, 1ul, FollowedBytesMax);
    }

    [Fact]
    public void A_bypassed_or_embryonic_flow_takes_no_more_than_112_bytes()
    {
        using var table = new FlowTable(1, FlowHash.Fixed);
        int bytes = Reinterpret.SizeOf<FlowEntry>() + Reinterpret.SizeOf<FlowNumbers>()
            + (int)WheelBytesOf(table);

        Assert.InRange(bytes, 1, BypassedBytesMax);
    }

    [Fact]
    public void A_pair_of_halves_is_two_lines()
    {
        Assert.Equal(64, Reinterpret.SizeOf<TcpHalf>());
    }

    [Fact]
    public void A_stack_takes_memory_for_the_halves_it_may_hold_not_for_each_flow()
    {
        using var table = new FlowTable(Flows, FlowHash.Fixed);
        var streams = new StreamSettings { StreamMax = 16, SlabBytesMax = 1 << 16, RunMax = 16 };
        using var stack = new TcpMonitorStack(new EventBus(), table, 1_000, streams);

        Assert.Equal(1_001ul * 128, stack.Pairs.Bytes);
    }

    // The wheel's lists are as many for one flow as for millions.
    private static ulong WheelBytesOf(FlowTable table)
    {
        using var one = new FlowTable(1, FlowHash.Fixed);
        using var small = new FlowAging(one, new FlowTimeouts(), 0);
        using var aging = new FlowAging(table, new FlowTimeouts(), 0);
        return table.FlowMax == 1 ? FlowAging.BytesOfFlow : aging.Bytes - small.Bytes + FlowAging.BytesOfFlow;
    }
}
