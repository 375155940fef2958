using Dataplane.Contract.Shared;
using Dataplane.Control;

namespace Dataplane.Tests.Control;

public sealed class AllocationTests
{
    private const ulong Million = 1_000_000;

    [Fact]
    public void Neither_worker_nor_control_thread_allocates_in_a_million_packets()
    {
        using DemoWorker demo = new();
        demo.Play(100_000, out _, out _); // the first calls of everything

        demo.Play(Million, out long workerBytes, out long controlBytes);

        Assert.True(demo.Spool.SpooledCount > 1_000, "The demo has alerts and detections in every loop.");
        Assert.Equal(0, workerBytes);
        Assert.Equal(0, controlBytes);
        Assert.Equal(0u, demo.Spool.LostCount);
    }

    [Fact]
    public void The_counters_that_readers_see_are_those_of_the_worker()
    {
        using DemoWorker demo = new();
        demo.Play(100_000, out _, out _);
        demo.Stats.Write(ControlLoop.NowUs);

        using StatsReader reader = StatsReader.Open(demo.StatsPath)!;

        TotalsRow totals = Assert.Single(reader.Read<TotalsRow>(StatsLayout.Totals));
        Assert.Equal(demo.Packets, totals.Packets);
        Assert.Equal(demo.View.Counters.Bytes, totals.Bytes);
        Assert.Equal(demo.View.Counters.FlowsStarted, totals.FlowsStarted);
        Assert.Equal(demo.Spool.SpooledCount, totals.NoticesSpooled);
        PortRow port = Assert.Single(reader.Read<PortRow>(StatsLayout.Ports));
        Assert.Equal("demo", port.Id.ToString());
        Assert.Equal(demo.Packets, port.ReceivedPackets);
        NfRow[] nfs = reader.Read<NfRow>(StatsLayout.Nfs);
        Assert.Equal(["ids", "dpi", "stats", "log"], nfs.Select(n => n.Name.ToString()));
        EventRow[] events = reader.Read<EventRow>(StatsLayout.Events);
        Assert.All(nfs, n => Assert.True(n.EventsHandled > 0));
        Assert.Equal(
            nfs.Select(n => n.EventsHandled),
            nfs.Select((_, i) => (ulong)events.Where(e => e.NfIndex == i).Sum(e => (long)e.Count)));
        FlowRow[] flows = reader.Read<FlowRow>(StatsLayout.TopFlows);
        Assert.NotEmpty(flows);
        Assert.Equal(
            flows.Select(f => f.ClientBytes + f.ServerBytes).OrderDescending(),
            flows.Select(f => f.ClientBytes + f.ServerBytes));
        Assert.Contains(flows, f => f.AppProtocol.ToString().Length != 0);
        NamedCountRow[] depths = reader.Read<NamedCountRow>(StatsLayout.Depths);
        Assert.Equal("bypass", depths[0].Name.ToString());
        Assert.Distinct(depths.Select(d => d.Name.ToString()));
        RuleRow[] rules = reader.Read<RuleRow>(StatsLayout.Rules);
        Assert.NotEmpty(rules);
        Assert.All(rules, r => Assert.InRange(r.Matches, 0u, r.Checks));
        Assert.Contains(rules, r => r is { Matches: > 0, LastHitUs: > 0, Nanoseconds: > 0 });
        Assert.All(rules, r => Assert.NotEqual("", r.Signature.ToString()));
        Assert.All(flows, f => Assert.InRange(f.LastSeen, f.FirstSeen, long.MaxValue));
        Assert.InRange((ulong)depths.Sum(d => (long)d.Count), 1u, totals.FlowsMax);
    }
}
