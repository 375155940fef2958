using System.Globalization;
using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Ports;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;
using Testing;
using SubscriptionChanged = Dataplane.Contract.Live.SubscriptionChanged;

namespace Dataplane.Tests.Engine;

/// <summary>A worker on its own thread, with live flows, that people change and ask.</summary>
public sealed class FlowCommandsTests : IEngineSinks, IDisposable
{
    private const string Text = """
        {"ports":[{"id":"a","device":"demo"}],
         "chains":[{"id":"main","ports":["a"],"stages":[{"nfs":[
          {"name":"r","kind":"recorder","subscriptions":[
           {"name":"packets","event":"PKT_IN","filter":"port 4000 or 4001"},
           {"name":"stream","event":"EVENT/DATA_RDY","sender":"client","enabled":false,"start":"offset:0",
            "filter":"port 4000 or 4001"}]}]}]}]}
        """;

    private readonly List<ConfigFault> _faults = [];
    private readonly LoopbackPort _near;
    private readonly LoopbackPort _far;
    private readonly EngineWorker _worker;
    private readonly RuleSets _rules;
    private readonly FlowCommands _commands;

    public FlowCommandsTests()
    {
        var clock = new LiveClock();
        (_near, _far) = LoopbackPort.Pair("near", "far", 0, clock);
        ConfigurationDocument document = DocumentReader.Read(Encoding.UTF8.GetBytes(Text), out _)!;
        PlanResult plan = new ChainPlanner(NfCatalog.Of(typeof(Recorder))).Plan(document);
        Assert.Empty(plan.Faults);
        var revision = new EngineRevision(1, document, plan.Chains, "/", new Dictionary<string, string>());
        _rules = RuleSets.Load(document, "/", revision.RuleFiles, _faults);
        _worker = new EngineWorker(0, -1, 1024, new StreamSettings(), clock, this, FlowHash.Fixed, []);
        _worker.Start(
            [new PortPair(_near, null)], _worker.Prepare(revision, _rules), WhenIdle.Sleep, mesh: null);
        _commands = new FlowCommands([_worker], revision);
    }

    private Recorder Recorder => (Recorder)_worker.View.Runner.Chains[0].Functions[0];

    [Fact]
    public void A_subscription_is_switched_for_one_flow_from_the_answered_number_on()
    {
        Play(4000, "GET / HTTP/1.1");
        Play(4001, "GET / HTTP/1.1");
        string flow = FlowOf(4000);

        SubscriptionChanged on = Change(
            new SubscriptionChange { Nf = "r", Subscription = "stream", On = true, Flow = flow });

        Assert.Equal((1L, 1L), (on.FlowsMatched, on.FlowsChanged));
        Assert.Equal(flow, on.Flows[0].Flow);
        Recorder.Heard[] data = [.. Recorder.Events.Where(e => e.Path == "EVENT/DATA_RDY")];
        Assert.Equal(["GET / HTTP/1.1"], data.Select(e => e.Bytes));
        Assert.All(data, e => Assert.True(e.Record.EventNumber > on.Flows[0].EventNumber));

        SubscriptionChanged off = Change(new SubscriptionChange { Nf = "r", On = false, Flow = flow });

        Assert.Equal(1, off.FlowsChanged);
        Assert.All(Demand(4000).Subscriptions, s => Assert.Equal("off", s.State));
        Assert.Empty(Demand(4000).Depth);
        Assert.Equal(["on", "waiting"], Demand(4001).Subscriptions.Select(s => s.State));
    }

    [Fact]
    public void A_subscription_is_switched_for_all_flows_that_a_filter_takes()
    {
        Play(4000, "a");
        Play(4001, "b");
        Play(4002, "c");

        SubscriptionChanged off = Change(new SubscriptionChange
        {
            Nf = "r",
            Subscription = "packets",
            On = false,
            Filter = "port 4001 or 4002",
        });

        Assert.Equal((2L, 1L), (off.FlowsMatched, off.FlowsChanged));
        Assert.Equal("on", Demand(4000).Subscriptions[0].State);
        Assert.Equal("off", Demand(4001).Subscriptions[0].State);
    }

    [Fact]
    public void Demand_says_which_subscription_asks_for_which_part_of_the_depth()
    {
        Play(4000, "a");
        FlowDemand demand = Demand(4000);

        Assert.Equal("tcp 10.0.0.1:4000 > 10.0.0.2:80", demand.Tuple);
        Assert.Equal(["client half", "server half", "client stream"], demand.Depth);
        Assert.Equal(["client half", "server half"], demand.Subscriptions[0].AsksFor);
        Assert.Equal(
            ("stream", "waiting"), (demand.Subscriptions[1].Subscription, demand.Subscriptions[1].State));
        Assert.Equal(["server half", "client stream"], demand.Subscriptions[1].AsksFor);
    }

    [Fact]
    public void A_flow_that_filters_exclude_has_no_stack_and_nothing_is_kept_for_it()
    {
        Play(4002, "nothing of this is kept");
        FlowDemand demand = Demand(4002);

        Assert.Empty(demand.Depth);
        Assert.Equal(["excluded", "excluded"], demand.Subscriptions.Select(s => s.State));
    }

    [Fact]
    public void What_cannot_be_done_is_answered_with_all_faults_at_once()
    {
        Assert.Null(_commands.Change(
            new SubscriptionChange { Nf = "nobody", On = true, Filter = "tcp[13] = 2", Start = "later" },
            _faults));
        Assert.Equal(["/filter", "/nf", "/start"], _faults.Select(f => f.Path));
        _faults.Clear();
        Assert.Null(_commands.Change(
            new SubscriptionChange { Nf = "r", Subscription = "x", On = true, Flow = "5" }, _faults));
        Assert.Equal("Use one of: packets, stream.", Assert.Single(_faults).Fix);
        _faults.Clear();
        Assert.Null(_commands.Change(new SubscriptionChange { Nf = "r", On = true, Flow = "5" }, _faults));
        Assert.Equal("no-such-flow", Assert.Single(_faults).Code);
        _faults.Clear();
        Assert.Null(_commands.Change(new SubscriptionChange { Nf = "r", On = true }, _faults));
        Assert.Equal("no-target", Assert.Single(_faults).Code);
    }

    public INoticeSink NoticesOf(byte worker) => new CollectedNotices();

    public IRecordSink RecordsOf(byte worker) => new CollectedRecords();

    public void Dispose()
    {
        _worker.Dispose();
        _rules.Dispose();
        _near.Dispose();
        _far.Dispose();
    }

    private SubscriptionChanged Change(SubscriptionChange change)
    {
        SubscriptionChanged? changed = _commands.Change(change, _faults);
        Assert.Empty(_faults);
        return changed!;
    }

    private FlowDemand Demand(int port)
    {
        IReadOnlyList<FlowDemand>? demands = _commands.Demand(
            null, string.Create(CultureInfo.InvariantCulture, $"port {port}"), 10, _faults);
        Assert.Empty(_faults);
        return Assert.Single(demands!);
    }

    private string FlowOf(int port) => Demand(port).Flow;

    /// <summary>Plays a connection and waits until the worker has taken it in.</summary>
    private void Play(int port, string request)
    {
        ulong before = 0;
        _worker.Do(parts => before = parts.Counters.Packets);
        TcpScript script = TcpScript.Between(
            string.Create(CultureInfo.InvariantCulture, $"10.0.0.1:{port}"), "10.0.0.2:80");
        foreach (Frame frame in script.Handshake().ClientSends(request).Frames)
        {
            Assert.True(_far.TrySend(frame.Bytes));
            before++;
        }

        ulong seen = 0;
        while (seen < before)
        {
            _worker.Do(parts => seen = parts.Counters.Packets);
        }
    }
}
