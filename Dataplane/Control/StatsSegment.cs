using Dataplane.Contract.Configuration;
using Dataplane.Contract.Shared;
using Dataplane.Counters;
using Dataplane.Engine;
using Dataplane.Notices;
using Dataplane.Ports;

namespace Dataplane.Control;

/// <summary>Writes what the engine counts into the stats segment, once a second.</summary>
/// <remarks>Nothing is allocated after construction. Threads: the control thread.</remarks>
public sealed class StatsSegment : IDisposable
{
    private readonly StatsWriter _writer;
    private readonly IEngine _engine;
    private readonly EngineSinks _sinks;
    private readonly NoticeSpool _spool;
    private readonly long _startedAtUs;
    private readonly TotalsRow[] _totals = new TotalsRow[1];
    private readonly PortRow[] _ports = new PortRow[StatsLayout.Ports.RowsMax];
    private readonly WorkerRow[] _workers = new WorkerRow[WorkersDefinition.CountMax];
    private readonly NamedCountRow[] _drops = DropRows();
    private readonly PoolRow[] _pools = new PoolRow[StatsLayout.Pools.RowsMax];
    private readonly StatsFunctions _functions = new();
    private readonly StatsFlows _flows = new();
    private readonly StatsRules _rules = new();
    private EngineOutcome _outcome = new([], [], 0);

    public StatsSegment(string path, IEngine engine, EngineSinks sinks, NoticeSpool spool, long startedAtUs)
    {
        _writer = StatsWriter.Create(path, Environment.ProcessId, startedAtUs);
        (_engine, _sinks, _spool, _startedAtUs) = (engine, sinks, spool, startedAtUs);
    }

    /// <summary>Rules of the revision that runs; called by another thread.</summary>
    public void Use(EngineOutcome outcome) => Volatile.Write(ref _outcome, outcome);

    /// <summary>Writes all tables.</summary>
    public void Write(long nowUs)
    {
        IReadOnlyList<WorkerView> workers = _engine.Workers;
        _writer.Write<PortRow>(StatsLayout.Ports, _ports.AsSpan(0, FillPorts()));
        _writer.Write<WorkerRow>(StatsLayout.Workers, _workers.AsSpan(0, FillWorkers(workers, nowUs)));
        FillDrops(workers);
        _writer.Write<NamedCountRow>(StatsLayout.Drops, _drops);
        _flows.Fill(workers, _sinks, nowUs);
        _writer.Write(StatsLayout.Depths, _flows.Depths);
        _writer.Write(StatsLayout.TopFlows, _flows.TopFlows);
        _functions.Fill(workers);
        _writer.Write(StatsLayout.Nfs, _functions.Rows);
        _writer.Write(StatsLayout.Events, _functions.Events);
        _rules.Fill(workers);
        _writer.Write(StatsLayout.Rules, _rules.Rows);
        _writer.Write<PoolRow>(StatsLayout.Pools, _pools.AsSpan(0, FillPools(workers)));
        FillTotals(workers);
        _writer.Write<TotalsRow>(StatsLayout.Totals, _totals);
        _writer.SetRevision(_engine.Revision?.Number ?? 0);
        _writer.Beat(nowUs);
    }

    public void Dispose() => _writer.Dispose();

    private int FillPorts()
    {
        IReadOnlyList<PortView> ports = _engine.Ports;
        int count = Math.Min(ports.Count, _ports.Length);
        for (int i = 0; i < count; i++)
        {
            PortCounters counters = ports[i].Port.Counters;
            _ports[i] = new PortRow
            {
                Id = SharedName.Of(ports[i].Port.Id),
                ReceivedPackets = counters.ReceivedPackets,
                ReceivedBytes = counters.ReceivedBytes,
                SentPackets = counters.SentPackets,
                SentBytes = counters.SentBytes,
                ReceiveDrops = counters.ReceiveDrops,
                SendDrops = counters.SendDrops,
                Up = ports[i].IsUp ? 1u : 0,
            };
        }
        return count;
    }

    private int FillWorkers(IReadOnlyList<WorkerView> workers, long nowUs)
    {
        int count = Math.Min(workers.Count, _workers.Length);
        for (int i = 0; i < count; i++)
        {
            CounterBlock counters = workers[i].Counters;
            _workers[i] = new WorkerRow
            {
                Core = workers[i].Core,
                BusyNs = counters.BusyNs,
                TotalNs = (ulong)(nowUs - _startedAtUs) * 1_000,
                Packets = counters.Packets,
                Bytes = counters.Bytes,
                Bursts = counters.Bursts,
                Flows = workers[i].Flows.Count,
                PacketsHandedOver = counters.HandedOver,
                RingOverflows = counters.HandoverWaits,
            };
        }
        return count;
    }

    private void FillDrops(IReadOnlyList<WorkerView> workers)
    {
        for (int reason = 0; reason < _drops.Length; reason++)
        {
            ulong count = 0;
            for (int i = 0; i < workers.Count; i++)
            {
                count += workers[i].Counters.Drops[reason + 1];
            }
            _drops[reason].Count = count;
        }
    }

    /// <summary>One row for each pool: all workers have the same pools.</summary>
    private int FillPools(IReadOnlyList<WorkerView> workers)
    {
        int count = workers.Count == 0 ? 0 : Math.Min(workers[0].Pools.Count, _pools.Length);
        for (int pool = 0; pool < count; pool++)
        {
            PoolRow row = new() { Name = SharedName.Of(workers[0].Pools[pool].Name) };
            for (int i = 0; i < workers.Count; i++)
            {
                PoolGauge gauge = workers[i].Pools[pool];
                row.Used += gauge.Used();
                row.Max += gauge.Max;
                row.Bytes += gauge.Bytes;
                row.Refused += gauge.Refused();
            }
            _pools[pool] = row;
        }
        return count;
    }

    private void FillTotals(IReadOnlyList<WorkerView> workers)
    {
        ref TotalsRow totals = ref _totals[0];
        totals.Packets = totals.Bytes = totals.Flows = totals.FlowsMax = totals.FlowsStarted =
            totals.FlowsRefused = 0;
        for (int i = 0; i < workers.Count; i++)
        {
            CounterBlock counters = workers[i].Counters;
            totals.Packets += counters.Packets;
            totals.Bytes += counters.Bytes;
            totals.Flows += workers[i].Flows.Count;
            totals.FlowsMax += workers[i].Flows.FlowMax;
            totals.FlowsStarted += counters.FlowsStarted;
            totals.FlowsRefused += counters.Drops[(int)DropReason.FlowTableFull];
        }
        EngineOutcome outcome = Volatile.Read(ref _outcome);
        totals.RulesLoaded = (ulong)outcome.RulesLoaded;
        totals.RulesRejected = (ulong)outcome.RejectedRules.Count;
        totals.NoticesSpooled = _spool.SpooledCount;
        totals.NoticesLost = _spool.LostCount;
        totals.NoticesShed = _sinks.NoticesShed;
        totals.SpoolBytes = (ulong)_spool.Bytes;
        totals.SpoolBytesMax = (ulong)_spool.BytesMax;
        totals.SpoolFull = _spool.IsFull ? 1u : 0;
    }

    /// <summary>One row for each reason, in the order of their numbers from 1 on.</summary>
    private static NamedCountRow[] DropRows() =>
        [.. Enumerable.Range(1, (int)DropReason.Count - 1)
            .Select(reason => new NamedCountRow { Name = SharedName.Of(DropName.Of((DropReason)reason)) })];
}
