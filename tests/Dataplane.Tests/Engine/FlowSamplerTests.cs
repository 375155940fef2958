using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Tests.Engine;

public sealed class FlowSamplerTests
{
    [Fact]
    public void The_largest_flows_and_the_depths_of_all_are_published_after_a_walk_through_the_table()
    {
        using FlowTable table = new(4 * FlowSampler.SlotsPerTick, FlowHash.Fixed);
        using FlowSampler sampler = new(table, worker: 3);
        FlowHash hash = FlowHash.Fixed;
        for (uint i = 0; i < 1_000; i++)
        {
            FlowKey key = new() { AddressALow = i, PortA = (ushort)i, Protocol = 6, IpVersion = 4 };
            uint slot = table.Create(in key, hash.Of(in key));
            table[slot].Depth = i % 2 == 0 ? StackDepth.Bypass : StackDepth.ClientHalf;
            table[slot].Count(Side.Client, i * 10);
        }
        TopFlow[] flows = new TopFlow[FlowSampler.TopMax];
        ulong[] depths = new ulong[FlowSampler.DepthCount];

        for (int i = 0; i < 3; i++)
        {
            sampler.Tick();
        }
        Assert.True(sampler.TryRead(flows, depths, out int early));
        sampler.Tick();
        Assert.True(sampler.TryRead(flows, depths, out int count));

        Assert.Equal(0, early);
        Assert.Equal(FlowSampler.TopMax, count);
        Assert.Equal(
            Enumerable.Range(1_000 - FlowSampler.TopMax, FlowSampler.TopMax).Select(i => (ulong)i * 10),
            flows.Select(f => f.Bytes).Order());
        Assert.All(flows, f => Assert.Equal(3, f.Flow.Worker));
        Assert.Equal(500u, depths[(int)StackDepth.Bypass]);
        Assert.Equal(500u, depths[(int)StackDepth.ClientHalf]);
    }
}
