using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Ports;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;

namespace Dataplane.Benchmarks;

/// <summary>A worker with a chain over frames in memory: everything but the wire.</summary>
public sealed class ChainSubject : IDisposable
{
    private readonly WorkerParts _parts;
    private readonly WorkerResources _resources;
    private readonly MemoryPort? _memory;
    private readonly IPort _port;
    private readonly Worker _worker;

    /// <summary>A chain given as the stages of a document, over frames of a store.</summary>
    public ChainSubject(FrameStore frames, string stages, RuleSets rules, int burstSize = Worker.BurstDefault,
        uint flowMax = 65_536, object? own = null, IReadOnlyList<int>? nfCores = null)
        : this(
            new MemoryPort(frames), null, stages, rules, burstSize, flowMax, own, nfCores: nfCores) =>
        _memory = (MemoryPort)_port;

    /// <summary>A chain between two ports, or over one.</summary>
    public ChainSubject(IPort ingress, IPort? egress, string stages, RuleSets rules,
        int burstSize = Worker.BurstDefault, uint flowMax = 65_536, object? own = null,
        StreamSettings? streams = null, IReadOnlyList<int>? nfCores = null, uint? tcpFlowMax = null)
    {
        PlanResult plan = Plan(stages, isInline: egress is not null);
        var settings = new WorkerSettings
        {
            FlowMax = flowMax,
            TcpFlowMax = tcpFlowMax,
            Clock = new VirtualClock(),
            Hash = FlowHash.Fixed,
            Pages = MemoryPages.Huge,
            Streams = streams ?? new StreamSettings(),
            NfCores = nfCores ?? [CorePlan.Unpinned],
        };
        _parts = new WorkerParts(settings, Alerts, Alerts);
        _resources = new WorkerResources(rules, flowMax);
        var resources = new BenchResources(_resources, own);
        _parts.Runner.Use([.. plan.Chains.Select(chain => new ChainInstance(chain, flowMax, resources))]);
        _port = ingress;
        _worker = _parts.WorkerOver([new PortPair(ingress, egress)], burstSize);
    }

    /// <summary>Packets handled, flows begun, and so on.</summary>
    public WorkerParts Parts => _parts;

    /// <summary>What the chain's NFs said to people.</summary>
    public AlertLog Alerts { get; } = new();

    /// <summary>The worker, for experiments that run several in turn.</summary>
    public Worker Worker => _worker;

    /// <summary>The instance of an NF, by its place in the chain.</summary>
    public T Nf<T>(int place)
        where T : INetworkFunction => (T)_parts.Runner.Chains[0].Functions[place];

    /// <summary>Events delivered to an NF so far, of a type and those below it.</summary>
    public long DeliveredTo<T>(int place)
        where T : unmanaged, IEvent => Sum<T>(_parts.Runner.Chains[0].DeliveredTo(place));

    /// <summary>Events built so far, of a type and those below it.</summary>
    public long Built<T>()
        where T : unmanaged, IEvent => Sum<T>(_parts.Bus.BuiltByType);

    /// <summary>All frames once, from the first packet of every flow to its end; answers how many.</summary>
    public long Run()
    {
        long packets = RunThrough();

        // Flows end within the run that began them, so that each run does the same work.
        End();
        return packets;
    }

    /// <summary>All frames once; flows stay open, NFs on other cores at work. Answers how many.</summary>
    public long RunThrough()
    {
        _memory?.Rewind();
        long packets = 0;
        while (!_worker.Exhausted)
        {
            packets += _worker.RunOnce();
        }

        return packets;
    }

    /// <summary>Waits for NFs on other cores and ends all flows.</summary>
    public void End()
    {
        _parts.Runner.Drain();
        _parts.Path.EndAll();
    }

    public void Dispose()
    {
        _parts.Dispose();
        _resources.Dispose();
        _port.Dispose();
    }

    private static PlanResult Plan(string stages, bool isInline)
    {
        string text = $$"""
            {"version":1,"ports":[{"id":"memory","device":"demo"},{"id":"out","device":"demo"}],
             "ruleSets":[{"id":"bench"}],
             "chains":[{"id":"bench","ports":{{(isInline ? """["memory","out"]""" : """["memory"]""")}},
                        "stages":[{{stages}}]}]}
            """;
        ConfigurationDocument document = DocumentReader.Read(Encoding.UTF8.GetBytes(text), out var faults)
            ?? throw new ArgumentException(string.Join("\n", faults));
        PlanResult plan = new ChainPlanner(NfCatalog.Scan()).Plan(document);
        return plan.Faults.Count == 0 ? plan
            : throw new ArgumentException(string.Join("\n", plan.Faults));
    }

    private static long Sum<T>(ReadOnlySpan<ulong> byType)
        where T : unmanaged, IEvent
    {
        long sum = 0;
        for (ushort type = 0; type < byType.Length; type++)
        {
            sum += EventTree.IsA(type, EventType<T>.Id) ? (long)byType[type] : 0;
        }

        return sum;
    }
}
