using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Shared;
using Dataplane.Engine;
using Dataplane.Events;

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
            Add(type, EventRow.NoNf, AnyLink, count);
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
        for (int i = 0; i < workers.Count; i++)
        {
            if (InstanceOf(workers[i], chain, nf) is { } instance)
            {
                FillCounts(ref row, instance, nf);
            }
        }
        row.VerdictsPass = row.EventsHandled - row.VerdictsModified - row.VerdictsDropPacket
            - row.VerdictsDropFlow - row.VerdictsRejectFlow;
        LinkTable links = workers[0].Runner.Chains[chain].Chain.Links;
        for (int bit = 0; bit < links.Links.Count; bit++)
        {
            if (links.NfOf(bit) == nf)
            {
                FillLink(workers, chain, bit);
            }
        }
        FillRest(workers, chain, nf);
        _rowCount++;
    }

    /// <summary>A worker may be a revision behind for a moment; its counters join a second later.</summary>
    private static ChainInstance? InstanceOf(WorkerView worker, int chain, int nf)
    {
        IReadOnlyList<ChainInstance> chains = worker.Runner.Chains;
        return chain < chains.Count && nf < chains[chain].Functions.Length ? chains[chain] : null;
    }

    private static void FillCounts(ref NfRow row, ChainInstance instance, int nf)
    {
        foreach (ulong count in instance.DeliveredTo(nf))
        {
            row.EventsHandled += count;
        }
        ref readonly NfCounts counts = ref instance.Counts[nf];
        row.VerdictsModified += counts.Modified;
        row.VerdictsDropPacket += counts.DropPacket;
        row.VerdictsDropFlow += counts.DropFlow;
        row.VerdictsRejectFlow += counts.RejectFlow;
        row.NoticesPublished += counts.Notices;
        row.Nanoseconds += counts.Nanoseconds;
        row.Faults += instance.FaultsOf(nf);
        row.QueuePackets += (ulong)Math.Max(0, instance.QueueOf(nf));
        row.QueueHighWater = Math.Max(row.QueueHighWater, (ulong)counts.QueueHighWater);
        row.QueueMax += (ulong)instance.QueueMaxOf(nf);
        row.QueueWaits += counts.QueueWaits;
        row.Shed += counts.Shed;
        if (!instance.IsRunning(nf))
        {
            row.State = instance.Chain.Functions[nf].OnFault == OnFault.Closed ? 2u : 1u;
        }
    }

    private void FillLink(IReadOnlyList<WorkerView> workers, int chain, int bit)
    {
        int types = workers[0].Bus.BuiltByType.Length;
        for (int type = 0; type < types; type++)
        {
            ulong count = 0;
            for (int i = 0; i < workers.Count; i++)
            {
                IReadOnlyList<ChainInstance> chains = workers[i].Runner.Chains;
                count += chain < chains.Count && bit < chains[chain].Chain.Links.Links.Count
                    ? chains[chain].DeliveredBy(bit, type)
                    : 0;
            }
            Add(type, (ushort)_rowCount, (byte)bit, count);
        }
    }

    /// <summary>What reached an NF on another core, where links are not told apart.</summary>
    private void FillRest(IReadOnlyList<WorkerView> workers, int chain, int nf)
    {
        LinkTable links = workers[0].Runner.Chains[chain].Chain.Links;
        int types = workers[0].Bus.BuiltByType.Length;
        for (int type = 0; type < types; type++)
        {
            ulong rest = 0;
            for (int i = 0; i < workers.Count; i++)
            {
                if (InstanceOf(workers[i], chain, nf) is not { } instance)
                {
                    continue;
                }
                ulong byLinks = 0;
                for (int bit = 0; bit < links.Links.Count; bit++)
                {
                    byLinks += links.NfOf(bit) == nf ? instance.DeliveredBy(bit, type) : 0;
                }
                rest += Math.Max(instance.DeliveredTo(nf)[type], byLinks) - byLinks;
            }
            Add(type, (ushort)_rowCount, AnyLink, rest);
        }
    }

    private void Add(int type, ushort nf, byte link, ulong count)
    {
        if (count != 0 && _eventCount < _events.Length)
        {
            _events[_eventCount++] =
                new EventRow { Type = (ushort)type, NfIndex = nf, Link = link, Count = count };
        }
    }
}
