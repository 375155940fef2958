using Dataplane.Chains;
using Dataplane.Contract.Shared;
using Dataplane.Engine;

namespace Dataplane.Control;

/// <summary>The tables of NFs and events: what was built, what was delivered to whom;
/// all workers together.</summary>
/// <remarks>Nothing is allocated after construction. Threads: the control thread.</remarks>
internal sealed class StatsFunctions
{
    private const byte AnyLink = byte.MaxValue;

    private readonly NfRow[] _rows = new NfRow[StatsLayout.Nfs.RowsMax];
    private readonly EventRow[] _events = new EventRow[StatsLayout.Events.RowsMax];
    private int _rowCount;
    private int _eventCount;

    public ReadOnlySpan<NfRow> Rows => _rows.AsSpan(0, _rowCount);

    public ReadOnlySpan<EventRow> Events => _events.AsSpan(0, _eventCount);

    public void Fill(IReadOnlyList<WorkerView> workers)
    {
        _rowCount = 0;
        _eventCount = 0;
        if (workers.Count == 0)
        {
            return;
        }
        FillBuilt(workers);
        IReadOnlyList<ChainInstance> chains = workers[0].Runner.Chains;
        for (int chain = workers[0].Runner.FirstPlan; chain < chains.Count; chain++)
        {
            IReadOnlyList<ChainFunction> functions = chains[chain].Chain.Functions;
            for (int nf = 0; nf < functions.Count && _rowCount < _rows.Length; nf++)
            {
                FillFunction(workers, chain, nf, functions[nf]);
            }
        }
    }

    private void FillBuilt(IReadOnlyList<WorkerView> workers)
    {
        int types = workers[0].Bus.BuiltByType.Length;
        for (int type = 0; type < types; type++)
        {
            ulong count = 0;
            for (int i = 0; i < workers.Count; i++)
            {
                count += workers[i].Bus.BuiltByType[type];
            }
            Add(type, EventRow.NoNf, count);
        }
    }

    private void FillFunction(IReadOnlyList<WorkerView> workers, int chain, int nf, ChainFunction function)
    {
        ref NfRow row = ref _rows[_rowCount];
        row = new NfRow
        {
            Name = SharedName.Of(function.Name),
            Kind = SharedName.Of(function.Manifest.Kind),
            Chain = SharedName.Of(function.Chain),
            Stage = (uint)function.Stage,
        };
        int types = workers[0].Bus.BuiltByType.Length;
        for (int type = 0; type < types; type++)
        {
            ulong count = 0;
            for (int i = 0; i < workers.Count; i++)
            {
                // A worker may be a revision behind for a moment; its counters join a second later.
                IReadOnlyList<ChainInstance> chains = workers[i].Runner.Chains;
                if (chain < chains.Count && nf < chains[chain].Functions.Length)
                {
                    count += chains[chain].DeliveredTo(nf)[type];
                }
            }
            row.EventsHandled += count;
            Add(type, (ushort)_rowCount, count);
        }
        _rowCount++;
    }

    private void Add(int type, ushort nf, ulong count)
    {
        if (count != 0 && _eventCount < _events.Length)
        {
            _events[_eventCount++] =
                new EventRow { Type = (ushort)type, NfIndex = nf, Link = AnyLink, Count = count };
        }
    }
}
