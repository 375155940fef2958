using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Ports;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;

namespace Dataplane.Engine;

/// <summary>One live worker: its parts, its thread,
/// and the chains of the revisions that it still runs.</summary>
/// <remarks>Control thread, but for what <see cref="WorkerThread.Order"/> carries to the worker's.</remarks>
public sealed class EngineWorker : IDisposable
{
    private readonly WorkerParts _parts;
    private readonly IReadOnlyList<PoolGauge> _pools;
    private readonly uint _flowMax;
    private readonly IEngineSinks _sinks;
    private readonly List<RunningChains> _revisions = [];
    private WorkerThread? _thread;
    private Worker? _worker;
    private StackDefinition _stack = new();

    /// <summary>Makes the worker's tables.</summary>
    public EngineWorker(
        byte number, int core, uint flowMax, StreamSettings streams, Clock clock, IEngineSinks sinks,
        FlowHash hash, IReadOnlyList<int> nfCores, uint? tcpFlowMax = null)
    {
        (Number, Core, _flowMax, _sinks) = (number, core, flowMax, sinks);
        var settings = new WorkerSettings
        {
            Worker = number,
            FlowMax = flowMax,
            TcpFlowMax = tcpFlowMax,
            Clock = clock,
            Hash = hash,
            Timeouts = new FlowTimeouts(),
            Streams = streams,
            Pages = MemoryPages.Huge,
            NfCores = nfCores,
        };
        _parts = new WorkerParts(settings, sinks.NoticesOf(number), sinks.RecordsOf(number));
        _pools = WorkerPools.Of(_parts);
        _parts.Runner.MarkBy(sinks.Marks);
    }

    public byte Number { get; }

    public int Core { get; }

    /// <summary>What others may read of it.</summary>
    public WorkerView View => new(
        Core, _parts.Counters, _parts.Flows, _parts.Bus, _parts.Runner, _parts.Sampler!)
    {
        ThreadId = () => _thread?.ThreadId ?? 0,
        Pools = _pools,
    };

    /// <summary>Makes NF instances for a revision, but for those it keeps; the worker does not know of them
    /// yet.</summary>
    public RunningChains Prepare(EngineRevision revision, RuleSets rules, bool hasSameRules = false)
    {
        IReadOnlyList<ChainInstance> running = _revisions.Count == 0 ? [] : _revisions[^1].Instances;
        var kept = new KeptFunctions(running, _sinks.Suspended, hasSameRules);
        _stack = revision.Document.Stack;
        var resources = new WorkerResources(rules, (uint)revision.Document.Limits.DpiFlows);
        int first = _revisions.Sum(r => r.Instances.Length);
        ChainInstance[] instances = [.. revision.Chains.Select((chain, i) =>
            new ChainInstance(chain.Numbered((ushort)(first + i)), _flowMax, resources, kept))];
        if (_sinks.Marks is { } marks)
        {
            Array.ForEach(instances, instance => instance.MarkBy(marks));
        }

        return new RunningChains(instances, resources);
    }

    /// <summary>True while packets that it received are with its peers.</summary>
    public bool IsWaiting => _worker is { IsWaiting: true };

    /// <summary>Runs the ports with these chains only; nothing ran before.</summary>
    /// <param name="ports">The ports it polls.</param>
    /// <param name="chains">Its NF instances.</param>
    /// <param name="whenIdle">What it does without traffic.</param>
    /// <param name="mesh">The rings to its peers; null when it has none.</param>
    public void Start(PortPair[] ports, RunningChains chains, WhenIdle whenIdle, WorkerMesh? mesh)
    {
        _revisions.Add(chains);
        _parts.Runner.Use(chains.Instances);
        _worker = _parts.WorkerOver(ports, mesh: mesh);
        _thread = new WorkerThread(_worker, $"worker-{Number}", Core, whenIdle);
        _parts.Use(_stack, isLive: true);
        _thread.Start();
    }

    /// <summary>Gives new flows to these chains, between two bursts;
    /// old flows keep theirs for a while.</summary>
    public void Swap(RunningChains chains, TimeSpan grace)
    {
        int first = _revisions.Sum(r => r.Instances.Length);
        _revisions.Add(chains);
        Array.ForEach(chains.Instances, instance => instance.TakeOver());
        ChainInstance[] all = [.. _revisions.SelectMany(r => r.Instances)];
        StackDefinition stack = _stack;
        _thread!.Order(() =>
        {
            _parts.Runner.Use(all, first);
            _parts.Use(stack, isLive: true);
            _parts.Path.AdoptFrom(_parts.Clock.NowNs + (grace.Ticks * 100));
        });
    }

    /// <summary>True when only the newest revision has NFs: no older one shares an instance with
    /// it.</summary>
    public bool CanPlace => _revisions.SkipLast(1).All(r => r.IsRetired);

    /// <summary>Moves NFs between the worker and other cores, between two bursts: they keep their instances
    /// and all state, flows their chain.</summary>
    public void Place(IReadOnlyList<Chain> chains)
    {
        int first = _revisions.SkipLast(1).Sum(r => r.Instances.Length);
        ChainInstance[] before = _revisions[^1].Place(chains);
        ChainInstance[] all = [.. _revisions.SelectMany(r => r.Instances)];
        _thread!.Order(() => _parts.Runner.Use(all, first));
        Array.ForEach(before, instance => instance.Dispose());
    }

    /// <summary>Has the worker do something with its parts between two bursts; returns when it is
    /// done.</summary>
    public void Do(Action<WorkerParts> order) => _thread!.Order(() => order(_parts));

    /// <summary>Frees what older revisions used once no flow is theirs any more;
    /// false while some are.</summary>
    public bool TryFreeOld()
    {
        if (!_parts.Path.IsAdoptionDone)
        {
            return false;
        }

        if (_revisions.SkipLast(1).Any(r => !r.IsRetired))
        {
            // Their numbers stay taken: an old number must never mean a new chain.
            int first = _revisions.SkipLast(1).Sum(r => r.Instances.Length);
            List<ChainInstance> spent = [.. _revisions.SkipLast(1).SelectMany(r => r.Retire())];
            ChainInstance[] all = [.. _revisions.SelectMany(r => r.Instances)];
            _thread!.Order(() => _parts.Runner.Use(all, first));
            spent.ForEach(instance => instance.Dispose());
        }

        return true;
    }

    /// <summary>Receives no more, and goes on finishing what its peers hand over.</summary>
    public void Close() => _thread?.Order(() => _worker!.IsClosing = true);

    /// <summary>Ends its thread; its tables can still be read.</summary>
    public void Stop()
    {
        _thread?.Dispose();
        _thread = null;
    }

    public void Dispose()
    {
        _thread?.Dispose();
        _parts.Path.EndAll();
        _revisions.ForEach(r => r.Dispose());
        _parts.Dispose();
    }
}
