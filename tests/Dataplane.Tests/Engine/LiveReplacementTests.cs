using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Ports;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;
using Testing;

namespace Dataplane.Tests.Engine;

/// <summary>A worker on its own thread whose NFs are moved while traffic runs.</summary>
public sealed class LiveReplacementTests : IEngineSinks, IDisposable
{
    private const int Segments = 400;
    private const int SegmentsPerMove = 50;
    private static readonly string[] Places = ["inline", "parallel", "core:0", "inline", "parallel"];

    private readonly CollectedRecords _records = new();
    private readonly LoopbackPort _near;
    private readonly LoopbackPort _far;
    private readonly EngineWorker _worker;
    private readonly RuleSets _rules;

    public LiveReplacementTests()
    {
        var clock = new LiveClock();
        (_near, _far) = LoopbackPort.Pair("near", "far", 0, clock);
        EngineRevision revision = Revision("inline");
        _rules = RuleSets.Load(revision.Document, "/", revision.RuleFiles, []);
        _worker = new EngineWorker(0, -1, 1024, new StreamSettings(), clock, this, FlowHash.Fixed, [-1]);
        _worker.Start(
            [new PortPair(_near, null)], _worker.Prepare(revision, _rules), WhenIdle.Sleep, mesh: null);
    }

    [Fact]
    public void An_NF_that_moves_in_the_middle_of_flows_misses_nothing_and_keeps_what_it_knows_of_them()
    {
        INetworkFunction instance = Function;
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake();
        for (int i = 0; i < Segments; i++)
        {
            script.ClientSends(10);
        }

        IReadOnlyList<Frame> frames = script.Frames;
        for (int i = 0; i < frames.Count; i++)
        {
            while (!_far.TrySend(frames[i].Bytes))
            {
                Thread.Yield();
            }

            if (i % SegmentsPerMove == SegmentsPerMove - 1)
            {
                int move = i / SegmentsPerMove;
                string place = Places[move % Places.Length];
                _worker.Place(Revision(place).Chains);
                Assert.Same(instance, Function);
                Assert.Equal(place, Placed);
            }
        }

        SpinWait.SpinUntil(
            () => _worker.View.Counters.Packets >= (ulong)frames.Count, TimeSpan.FromSeconds(20));
        _worker.Do(parts => parts.Runner.Drain());
        Recorder recorder = (Recorder)instance;
        Assert.Equal(frames.Count, recorder.Events.Count(e => e.Path == "EVENT/PKT/TCP"));
        Assert.Equal(Segments * 10, recorder.Events.Sum(e => e.Bytes.Length));
        ulong[] numbers = [.. recorder.Events.Select(e => e.Record.EventNumber)];
        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal(1ul, _worker.View.Counters.FlowsStarted);
    }

    [Fact]
    public void Only_a_change_of_placement_moves_NFs()
    {
        ConfigurationDocument inline = Revision("inline").Document;
        ConfigurationDocument parallel = Revision("parallel").Document;
        Assert.True(PlacementChange.IsAll(inline, parallel));
        Assert.False(PlacementChange.IsAll(inline, Revision("inline").Document));
        var fewer = new LimitsDefinition { Flows = 7 };
        Assert.False(PlacementChange.IsAll(inline, parallel with { Limits = fewer }));
    }

    public INoticeSink NoticesOf(byte worker) => new CollectedNotices();

    public IRecordSink RecordsOf(byte worker) => _records;

    public void Dispose()
    {
        _worker.Dispose();
        _rules.Dispose();
        _near.Dispose();
        _far.Dispose();
    }

    private INetworkFunction Function => _worker.View.Runner.Chains[0].Functions[0];

    private string Placed => _worker.View.Runner.Chains[0].Chain.Functions[0].Placement.ToString();

    private static EngineRevision Revision(string placement)
    {
        string text = $$"""
            {"ports":[{"id":"a","device":"demo"}],
             "chains":[{"id":"main","ports":["a"],"stages":[{"nfs":[
              {"name":"r","kind":"recorder","placement":"{{placement}}","subscriptions":[
               {"name":"packets","event":"PKT_IN"},{"name":"data","event":"EVENT/DATA_RDY"}]}]}]}]}
            """;
        ConfigurationDocument document = DocumentReader.Read(Encoding.UTF8.GetBytes(text), out _)!;
        PlanResult plan = new ChainPlanner(NfCatalog.Of(typeof(Recorder))).Plan(document);
        Assert.Empty(plan.Faults);
        return new EngineRevision(1, document, plan.Chains, "/", new Dictionary<string, string>());
    }
}
