using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Chains;

public sealed class ChainPlannerTests
{
    [Fact]
    public void All_faults_of_a_document_are_found_at_once_each_with_its_path_and_remedy()
    {
        PlanResult plan = ChainBench.Plan(
            """
            {"ports":[{"id":"a","device":"demo"}],
             "chains":[{"id":"main","ports":["a","x"],"match":"tcp[13] = 2",
              "stages":[{"nfs":[
                {"name":"one","kind":"recorder","subscriptions":[
                  {"event":"EVENT/PKTT"},
                  {"name":"p","event":"EVENT/PKT/IP","half":"client"},
                  {"name":"q","event":"PKT_IN","filter":"prt 80"},
                  {"name":"r","event":"PKT_IN","start":"retained"},
                  {"name":"s","event":"EVENT/SYS","sender":"client"},
                  {"name":"t","event":"EVENT/DATA_RDY","keep":"last 99999"},
                  {"name":"u","event":"PKT_IN","where":"nonsense > 5"}]},
                {"name":"two","kind":"nothing"},
                {"name":"two","kind":"configured","options":{"count":11,"name":"A1","ruleSet":"none"}},
                {"name":"four","kind":"configured","options":{"cuont":1}}]}]}]}
            """,
            typeof(Recorder), typeof(Configured));
        const string Nfs = "/chains/0/stages/0/nfs";
        Assert.Equal(
            [
                ("/chains/0/match", "bad-filter"),
                ("/chains/0/ports/1", "unknown-port"),
                ($"{Nfs}/0/subscriptions/0/event", "unknown-event"),
                ($"{Nfs}/0/subscriptions/1/half", "no-half"),
                ($"{Nfs}/0/subscriptions/2/filter", "bad-filter"),
                ($"{Nfs}/0/subscriptions/3/start", "no-stream"),
                ($"{Nfs}/0/subscriptions/4/sender", "no-sender"),
                ($"{Nfs}/0/subscriptions/5/keep", "out-of-range"),
                ($"{Nfs}/0/subscriptions/6/where", "bad-predicate"),
                ($"{Nfs}/1/kind", "unknown-kind"),
                ($"{Nfs}/2/name", "duplicate-name"),
                ($"{Nfs}/2/options/count", "out-of-range"),
                ($"{Nfs}/2/options/name", "out-of-range"),
                ($"{Nfs}/2/options/ruleSet", "unknown-rule-set"),
                ($"{Nfs}/3/options/cuont", "unknown-field"),
            ],
            plan.Faults.Select(fault => (fault.Path, fault.Code)).Order());
        Assert.All(plan.Faults, fault => Assert.False(string.IsNullOrWhiteSpace(fault.Fix)));
        Assert.Empty(plan.Chains);
    }

    [Fact]
    public void A_misspelt_event_is_answered_with_the_nearest_name()
    {
        PlanResult plan = Recording("""{"event":"EVENT/DATA_READY"}""");
        Assert.Equal("Did you mean EVENT/DATA_RDY?", Assert.Single(plan.Faults).Fix);
    }

    [Theory]
    [InlineData("PKT_IN", "EVENT/PKT/TCP")]
    [InlineData("EVENT/STAT/LONG_FLOW", "EVENT/LONG_FLOW")]
    [InlineData("EVENT/IDS/ALERT", "EVENT/IDS_ALERT")]
    [InlineData("event/data_rdy", "EVENT/DATA_RDY")]
    public void Every_name_of_an_event_is_understood(string written, string printed)
    {
        PlanResult plan = Recording("{\"event\":\"" + written + "\"}");
        ushort type = Assert.Single(Assert.Single(plan.Chains[0].Links.Links).Types);
        Assert.Equal(printed, EventTree.Types[type].Path);
    }

    [Fact]
    public void More_than_64_links_are_a_fault_that_says_who_takes_how_many()
    {
        string[] subscriptions =
            [.. Enumerable.Range(0, 40).Select(i => "{\"name\":\"s" + i + "\",\"event\":\"PKT_IN\"}")];
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(
                1,
                ChainBench.NfHearing("first", "recorder", subscriptions),
                ChainBench.NfHearing("second", "recorder", subscriptions[..25])),
            typeof(Recorder));
        ConfigFault fault = Assert.Single(plan.Faults);
        Assert.Equal("too-many-links", fault.Code);
        Assert.Contains("first 40, second 25", fault.Message, StringComparison.Ordinal);

        plan = ChainBench.Plan(
            ChainBench.Document(
                1,
                ChainBench.NfHearing("first", "recorder", subscriptions),
                ChainBench.NfHearing("second", "recorder", subscriptions[..24])),
            typeof(Recorder));
        Assert.Empty(plan.Faults);
        Assert.Equal(64, plan.Chains[0].Links.Links.Count);
    }

    [Theory]
    [InlineData("EVENT/PKT/IP", "both", "receiver", StackDepth.Bypass)]
    [InlineData("PKT_IN", "client", "receiver", StackDepth.ServerHalf)]
    [InlineData("PKT_IN", "both", "receiver", StackDepth.ClientHalf | StackDepth.ServerHalf)]
    [InlineData("PKT_IN", "both", "client", StackDepth.ClientHalf)]
    [InlineData("EVENT/DATA_RDY", "client", "receiver", StackDepth.ClientStream | StackDepth.ServerHalf)]
    [InlineData("EVENT/DATA_RDY", "both", "client", StackDepth.ServerStream | StackDepth.ClientHalf)]
    public void A_subscription_asks_for_no_more_of_the_stack_than_it_needs(
        string type, string sender, string half, StackDepth depth)
    {
        string halfField = type == "EVENT/PKT/IP" ? "" : ",\"half\":\"" + half + "\"";
        PlanResult plan = Recording(
            "{\"event\":\"" + type + "\",\"sender\":\"" + sender + "\"" + halfField + "}");
        Assert.Empty(plan.Faults);
        Assert.Equal(depth, plan.Chains[0].Links.DepthOf(1));
    }

    [Fact]
    public void Declared_subscriptions_to_what_nobody_publishes_take_no_link()
    {
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(1, ChainBench.Nf("log", "logger")),
            typeof(Dataplane.NetworkFunctions.Logger));
        Assert.Empty(plan.Faults);
        Assert.Equal(["packets"], plan.Chains[0].Links.Links.Select(link => link.Name));
    }

    [Fact]
    public void A_written_subscription_stands_for_the_declared_one_about_the_same_events()
    {
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(1, ChainBench.NfHearing(
                "l", "late",
                """{"event":"PKT_IN","sender":"client"}""",
                """{"event":"EVENT/DATA_RDY","start":"offset:0"}""")),
            typeof(Late));
        Assert.Empty(plan.Faults);
        ChainFunction late = Assert.Single(plan.Chains[0].Functions);
        Assert.Equal(1UL, late.LinksByName[Late.Trigger]);
        Assert.Equal(2UL, late.LinksByName[Late.Data]);
        Assert.Equal(1UL, plan.Chains[0].Links.InitialMask);
    }

    [Fact]
    public void One_written_for_both_senders_still_lets_the_NF_switch_its_sides_apart()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(
                1, ChainBench.NfHearing("s", "sided", """{"event":"PKT_IN","half":"both"}""")),
            typeof(Sided));
        foreach (Side sender in new[] { Side.Client, Side.Client, Side.Server, Side.Server })
        {
            bench.Packet(sender, bench.SayTcp);
        }

        Assert.Equal(
            [
                (Side.Client, Side.Client), (Side.Client, Side.Server),
                (Side.Server, Side.Server), (Side.Server, Side.Client),
                (Side.Server, Side.Server), (Side.Server, Side.Client),
            ],
            bench.Nf<Sided>("s").Heard);
    }

    [Fact]
    public void Unnamed_subscriptions_to_one_event_are_told_apart_by_their_sender()
    {
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(1, ChainBench.NfHearing(
                "s", "sided",
                """{"event":"PKT_IN","sender":"server"}""", """{"event":"PKT_IN","sender":"client"}""")),
            typeof(Sided));
        Assert.Empty(plan.Faults);
        ChainFunction sided = Assert.Single(plan.Chains[0].Functions);
        Assert.Equal(1UL, sided.LinksByName[Sided.Server]);
        Assert.Equal(2UL, sided.LinksByName[Sided.Client]);
    }

    [Fact]
    public void The_first_chain_whose_port_and_match_fit_takes_the_flow()
    {
        using ChainBench bench = ChainBench.Of(
            """
            {"ports":[{"id":"a","device":"demo"},{"id":"b","device":"demo"}],
             "chains":[
              {"id":"web","ports":["a"],"match":"tcp port 80",
               "stages":[{"nfs":[{"name":"x","kind":"sorter"}]}]},
              {"id":"rest","ports":["a"],"stages":[{"nfs":[{"name":"y","kind":"sorter"}]}]}]}
            """,
            typeof(Sorter));
        Assert.Equal(0, bench.Runner.ChainFor(0, Keys.Of("10.0.0.1", 1, "10.0.0.2", 80, 6)));
        Assert.Equal(0, bench.Runner.ChainFor(0, Keys.Of("10.0.0.1", 80, "10.0.0.2", 9, 6)));
        Assert.Equal(1, bench.Runner.ChainFor(0, Keys.Of("10.0.0.1", 1, "10.0.0.2", 80, 17)));
        Assert.Equal(2, bench.Runner.ChainFor(1, Keys.Of("10.0.0.1", 1, "10.0.0.2", 80, 6)));
    }

    [Fact]
    public void A_placement_that_is_not_followed_is_explained()
    {
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(2, """{"name":"r","kind":"recorder","placement":"parallel"}"""),
            typeof(Recorder));
        PlannedNf nf = Assert.Single(Assert.Single(plan.ToContract().Chains).Nfs);
        Assert.Equal("inline", nf.Placement);
        Assert.Contains("parallel", nf.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_reach_the_NF_with_defaults_for_what_is_absent()
    {
        using ChainBench bench = ChainBench.Of(
            ChainBench.Document(1, ChainBench.Nf("c", "configured", new { count = 7 })), typeof(Configured));
        Configured.Options options = bench.Nf<Configured>("c").Given;
        Assert.Equal((7, "name", ""), (options.Count, options.Name, options.RuleSet));
    }

    private static PlanResult Recording(string subscription) =>
        ChainBench.Plan(
            ChainBench.Document(1, ChainBench.NfHearing("r", "recorder", subscription)), typeof(Recorder));
}
