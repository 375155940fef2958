using System.Diagnostics;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Flows;
using Dataplane.Native.Threads;
using Dataplane.Ports;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;

namespace Dataplane.Engine;

/// <summary>The workers and ports of the running revision, and how one revision follows another.</summary>
/// <remarks>
/// Everything a revision needs is opened, read and made before anything that runs is touched; then either the
/// chains are swapped between bursts, or, where ports or workers differ, the workers are stopped and started.
/// </remarks>
public sealed class Engine(IEngineSinks sinks, PortFactory ports) : IEngine
{
    private readonly FlowHash _hash = FlowHash.Random();
    private readonly Lock _change = new();
    private readonly List<RuleSets> _ruleSets = [];
    private string _rulesPrint = "";
    private Clock[] _clocks = [];
    /// <summary>How long packets under way between workers are waited for when the workers stop.</summary>
    private static readonly TimeSpan CloseMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClosePause = TimeSpan.FromMilliseconds(1);

    private EngineWorker[] _workers = [];
    private WorkerMesh? _mesh;
    private EnginePorts? _ports;

    /// <inheritdoc/>
    public EngineRevision? Revision { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<WorkerView> Workers { get; private set; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<PortView> Ports { get; private set; } = [];

    /// <inheritdoc/>
    public EngineOutcome Check(EngineRevision revision)
    {
        var faults = new List<ConfigFault>();
        using RuleSets rules =
            RuleSets.Load(revision.Document, revision.BaseDirectory, revision.RuleFiles, faults);
        _ = CorePlan.Choose(revision.Document.Workers, CoreAffinity.AllowedCores(), faults);
        return new EngineOutcome(faults, rules.Rejected, rules.LoadedCount);
    }

    /// <inheritdoc/>
    public void RefreshPorts()
    {
        if (!_change.TryEnter())
        {
            return; // a revision is being put in place, and ends with a look of its own
        }

        try
        {
            if (_ports is { IsAnyReplaced: true })
            {
                _ = Put(Revision!); // with faults it stays as it is until the next look
            }

            Ports = _ports?.Views ?? [];
        }
        finally
        {
            _change.Exit();
        }
    }

    /// <inheritdoc/>
    public EngineOutcome Apply(EngineRevision revision)
    {
        lock (_change)
        {
            return ApplyAlone(revision);
        }
    }

    private EngineOutcome ApplyAlone(EngineRevision revision)
    {
        if (Revision is { } running && running.Number == revision.Number && revision.Number != 0)
        {
            return new EngineOutcome([], _ruleSets[^1].Rejected, _ruleSets[^1].LoadedCount);
        }

        return Put(revision);
    }

    private EngineOutcome Put(EngineRevision revision)
    {
        FreeOld();
        var faults = new List<ConfigFault>();
        string print = RuleSets.FingerprintOf(revision.Document, revision.BaseDirectory, revision.RuleFiles);
        bool hasSameRules = _ruleSets.Count > 0 && print == _rulesPrint;
        RuleSets rules = hasSameRules
            ? _ruleSets[^1]
            : RuleSets.Load(revision.Document, revision.BaseDirectory, revision.RuleFiles, faults);
        int[] cores = CorePlan.Choose(revision.Document.Workers, CoreAffinity.AllowedCores(), faults);
        if (faults.Count > 0 || !TryRun(revision, rules, cores, faults))
        {
            if (!hasSameRules)
            {
                rules.Dispose();
            }

            return new EngineOutcome(faults, rules.Rejected, rules.LoadedCount);
        }

        _rulesPrint = print;
        if (!_ruleSets.Contains(rules))
        {
            _ruleSets.Add(rules);
        }

        Revision = revision;
        Workers = [.. _workers.Select(worker => worker.View)];
        Ports = _ports!.Views;
        return new EngineOutcome([], rules.Rejected, rules.LoadedCount);
    }

    /// <inheritdoc/>
    public SubscriptionChanged? Change(SubscriptionChange change, List<ConfigFault> faults)
    {
        lock (_change)
        {
            return new FlowCommands(_workers, Revision).Change(change, faults);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<FlowDemand>? Demand(
        string? flow, string filter, int limit, List<ConfigFault> faults)
    {
        lock (_change)
        {
            return new FlowCommands(_workers, Revision).Demand(flow, filter, limit, faults);
        }
    }

    public void Dispose()
    {
        lock (_change)
        {
            Stop();
            _ports?.CloseExcept(null);
            _ports = null;
            ports.Dispose();
        }
    }

    private bool TryRun(EngineRevision revision, RuleSets rules, int[] cores, List<ConfigFault> faults)
    {
        WorkersDefinition workers = revision.Document.Workers;
        bool sameWorkers = _workers.Select(w => w.Core).SequenceEqual(cores)
            && Revision?.Document.Workers.WhenIdle == workers.WhenIdle
            && Revision.Document.Limits.Flows == revision.Document.Limits.Flows
            && Revision.Document.Limits.TcpFlows == revision.Document.Limits.TcpFlows;
        EngineWorker[] next = sameWorkers ? _workers : MakeWorkers(revision.Document.Limits, cores);
        EnginePorts? before = sameWorkers ? _ports : null;
        EnginePorts? opened = EnginePorts.Open(revision, ports, _clocks[..next.Length], before, faults);
        if (opened is null)
        {
            DisposeAll(sameWorkers ? [] : next);
            return false;
        }

        if (sameWorkers && opened.IsSameAs(_ports!))
        {
            ExchangeChains(revision, rules);
        }
        else
        {
            Restart(revision, rules, cores, opened, sameWorkers ? [] : next);
        }

        _ports = opened;
        return true;
    }

    private void ExchangeChains(EngineRevision revision, RuleSets rules)
    {
        bool hasSameRules = _ruleSets.Contains(rules);
        if (hasSameRules && PlacementChange.IsAll(Revision!.Document, revision.Document)
            && Array.TrueForAll(_workers, worker => worker.CanPlace))
        {
            Array.ForEach(_workers, worker => worker.Place(revision.Chains));
            return;
        }

        TimeSpan grace = TimeSpan.FromSeconds(revision.Document.Limits.PlanGraceSeconds);
        RunningChains[] prepared =
            [.. _workers.Select(worker => worker.Prepare(revision, rules, hasSameRules))];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i].Swap(prepared[i], grace);
        }
    }

    // Ports that both revisions have stay open; their workers stop, and new ones with empty tables begin.
    private void Restart(
        EngineRevision revision, RuleSets rules, int[] cores, EnginePorts opened, EngineWorker[] next)
    {
        EngineWorker[] fresh = next.Length > 0 ? next : MakeWorkers(revision.Document.Limits, cores);
        RunningChains[] prepared = [.. fresh.Select(worker => worker.Prepare(revision, rules))];
        WarmUp.Run(revision, rules);
        Stop(rules);
        _ports?.CloseExcept(opened);
        _workers = fresh;
        _mesh = fresh.Length > 1 ? new WorkerMesh(fresh.Length, _hash, opened.HaveOneQueueEach) : null;
        for (int i = 0; i < fresh.Length; i++)
        {
            fresh[i].Start(opened.PairsOf(i), prepared[i], revision.Document.Workers.WhenIdle, _mesh);
        }
    }

    private EngineWorker[] MakeWorkers(LimitsDefinition limits, int[] cores)
    {
        // A worker's clock outlives it: ports that stay open go on telling time by it.
        _clocks = [.. _clocks,
            .. Enumerable.Range(0, Math.Max(0, cores.Length - _clocks.Length)).Select(_ => new LiveClock())];
        uint flows = (uint)Math.Max(1024, limits.Flows / Math.Max(1, cores.Length));
        uint tcpFlows = limits.TcpFlows == 0 ? flows
            : Math.Clamp((uint)limits.TcpFlows / (uint)Math.Max(1, cores.Length), 1, flows);
        StreamSettings streams = StreamsFor(limits, flows, cores.Length);
        return [.. cores.Select((core, i) =>
            new EngineWorker(
                (byte)i, core, flows, streams, _clocks[i], sinks, _hash,
                CorePlan.ForFunctions(cores, CoreAffinity.AllowedCores()), tcpFlows))];
    }

    // Senders must not know how search trees are shaped, so each start has its own seed.
    private static StreamSettings StreamsFor(LimitsDefinition limits, uint flows, int workers)
    {
        var full = new StreamSettings();
        return full with
        {
            StreamMax = Math.Min(flows * 2, full.StreamMax),
            SlabBytesMax = (uint)Math.Clamp(
                limits.ReassemblyBytes / Math.Max(1, workers), SlabPool.PieceBytesMax, full.SlabBytesMax),
            Seed = (uint)Random.Shared.Next(),
        };
    }

    // Rules that the next revision goes on with stay loaded.
    private void Stop(RuleSets? kept = null)
    {
        CloseRings();
        Array.ForEach(_workers, worker => worker.Stop());
        DisposeAll(_workers);
        _workers = [];
        _mesh?.Dispose();
        _mesh = null;
        _ruleSets.Where(rules => rules != kept).ToList().ForEach(rules => rules.Dispose());
        _ruleSets.Clear();
    }

    // Packets under way go back to the ports they came from before these lose their workers.
    private void CloseRings()
    {
        if (_mesh is null)
        {
            return;
        }

        Array.ForEach(_workers, worker => worker.Close());
        long start = Stopwatch.GetTimestamp();
        while (Array.Exists(_workers, worker => worker.IsWaiting)
            && Stopwatch.GetElapsedTime(start) < CloseMax)
        {
            Thread.Sleep(ClosePause);
        }
    }

    private void FreeOld()
    {
        bool isDone = true;
        foreach (EngineWorker worker in _workers)
        {
            isDone &= worker.TryFreeOld();
        }

        if (isDone && _ruleSets.Count > 1)
        {
            _ruleSets.SkipLast(1).ToList().ForEach(rules => rules.Dispose());
            _ruleSets.RemoveRange(0, _ruleSets.Count - 1);
        }
    }

    private static void DisposeAll(EngineWorker[] workers)
    {
        foreach (EngineWorker worker in workers)
        {
            worker.Dispose();
        }
    }
}
