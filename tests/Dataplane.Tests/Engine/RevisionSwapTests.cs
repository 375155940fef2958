using Dataplane.Contract.Live;
using Testing;

namespace Dataplane.Tests.Engine;

/// <summary>Revisions put in place under numbered datagrams of many flows, on wires.</summary>
public sealed class RevisionSwapTests(ITestOutputHelper output)
{
    private const int Flows = 16;
    private const int PerSecond = 500;
    private const int Revisions = 12;
    private const string Numbered = "udp dst port 9000";
    private const string Rule =
        """alert tcp any any -> any 80 (msg:"sqli"; content:"UNION+SELECT"; sid:1;)""";

    private const string OtherRule = """alert udp any any -> any 53 (msg:"name"; content:"evil"; sid:2;)""";

    /// <summary>A busy machine runs this beside other tests.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_datagram_is_lost_or_overtaken_when_chains_and_rules_change_and_flows_keep_their_plan(
        int workers)
    {
        using Namespaces namespaces = Namespaces.Create();
        using InlineAppliance appliance = new(namespaces, workers);
        appliance.ApplyChain(Chain(0), Limits(graceSeconds: 600), Rule);
        using NumberedTraffic traffic = NumberedTraffic.Start(namespaces, Flows, PerSecond);
        Assert.True(traffic.FlowsWithin(Patience));

        for (int revision = 1; revision <= Revisions; revision++)
        {
            string[] rules = revision % 3 == 0 ? [Rule, OtherRule] : [Rule];
            appliance.ApplyChain(Chain(revision), Limits(graceSeconds: 600), rules);
            Assert.True(traffic.FlowsWithin(Patience));
        }

        IReadOnlyList<FlowDemand> flows = appliance.Demand(Numbered);
        Assert.Equal(Flows, flows.Count);
        Assert.All(flows, flow => Assert.True(flow.IsOldRevision, $"{flow.Tuple} was moved too early."));
        AssertNothingLost(traffic.Stop(), appliance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_datagram_is_lost_or_overtaken_while_old_flows_are_moved_to_the_newest_chain(
        int workers)
    {
        using Namespaces namespaces = Namespaces.Create();
        using InlineAppliance appliance = new(namespaces, workers);
        appliance.ApplyChain(Chain(0), Limits(graceSeconds: 1), Rule);
        using NumberedTraffic traffic = NumberedTraffic.Start(namespaces, Flows, PerSecond);
        Assert.True(traffic.FlowsWithin(Patience));

        appliance.ApplyChain(Chain(1), Limits(graceSeconds: 1), Rule);
        IReadOnlyList<FlowDemand> flows = appliance.Demand(Numbered);
        while (flows.Any(flow => flow.IsOldRevision))
        {
            Assert.True(traffic.FlowsWithin(Patience)); // time goes on with the traffic
            flows = appliance.Demand(Numbered);
        }

        Assert.Equal(Flows, flows.Count);
        Assert.All(flows, flow => Assert.Contains(flow.Subscriptions, heard => heard.Nf == "log"));
        AssertNothingLost(traffic.Stop(), appliance);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_datagram_is_lost_or_overtaken_when_workers_start_anew_with_other_tables(
        int workers)
    {
        using Namespaces namespaces = Namespaces.Create();
        using InlineAppliance appliance = new(namespaces, workers);
        appliance.ApplyChain(Chain(0), Limits(graceSeconds: 1, flows: 4_096), Rule);
        using NumberedTraffic traffic = NumberedTraffic.Start(namespaces, Flows, PerSecond);
        Assert.True(traffic.FlowsWithin(Patience));

        appliance.ApplyChain(Chain(0), Limits(graceSeconds: 1, flows: 8_192), Rule);
        Assert.True(traffic.FlowsWithin(Patience));
        Assert.All(appliance.Demand(Numbered), flow => Assert.False(flow.IsOldRevision));
        AssertNothingLost(traffic.Stop(), appliance);
    }

    private static string Limits(int graceSeconds, int flows = 4_096) =>
        $"\"flows\":{flows},\"planGraceSeconds\":{graceSeconds}";

    /// <summary>Each revision has other NFs than the one before: added, removed, moved, set anew.</summary>
    private static string Chain(int revision)
    {
        string stats = $$$"""
            {"name":"stats","kind":"flow-stats","options":{"minPackets":{{{10 + (revision % 2)}}}}}
            """;
        const string Ids =
            """{"name":"ids","kind":"signature-match","options":{"ruleSet":"edge"}}""";
        const string Log = """{"name":"log","kind":"logger","placement":"parallel"}""";
        string placement = revision % 4 < 2 ? "inline" : "auto";
        string dpi = $$"""{"name":"dpi","kind":"dpi","placement":"{{placement}}"}""";
        return string.Join(",", revision % 2 == 0 ? [Ids, dpi, stats] : [dpi, Ids, stats, Log]);
    }

    private void AssertNothingLost(TrafficOutcome outcome, InlineAppliance appliance)
    {
        output.WriteLine(outcome.ToString());
        Assert.Equal((0, 0, 0), (outcome.Lost.Count, outcome.RepeatedCount, outcome.OvertakenCount));
        Assert.All(appliance.Ports, port =>
            Assert.Equal((0ul, 0ul), (port.Port.Counters.ReceiveDrops, port.Port.Counters.SendDrops)));
    }
}
