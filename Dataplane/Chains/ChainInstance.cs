using Dataplane.Chains.Parallel;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Chains;

/// <summary>One worker's copy of a chain: its NF instances, their state,
/// and the table from event to handler.</summary>
/// <remarks>Made and disposed on the control thread while the worker does not use it.</remarks>
public sealed class ChainInstance : IDisposable
{
    private readonly List<IPerFlow>[] _perFlow;
    private readonly Link?[] _handlers;
    private readonly ulong[] _delivered;
    private readonly uint _flowMax;
    private IPerFlow[] _onWorker = [];
    private bool _isReplaced;

    /// <summary>Makes the NF instances of a chain for one worker.</summary>
    public ChainInstance(Chain chain, uint flowMax, INfResources resources)
        : this(chain, chain.Functions.Count, flowMax)
    {
        for (int i = 0; i < chain.Functions.Count; i++)
        {
            ChainFunction function = chain.Functions[i];
            INfResources own = function.Placement.IsParallel ? resources.ForOtherThread() : resources;
            INetworkFunction nf =
                NfCatalog.Create(function.Manifest, function.Options, flowMax, own, _perFlow[i]);
            Add(i, nf, LaneState.Fresh);
        }

        FindOnWorker();
    }

    /// <summary>A chain of NFs that exist already, in delivery order.</summary>
    public ChainInstance(Chain chain, IReadOnlyList<INetworkFunction> functions, uint flowMax = 0)
        : this(chain, functions.Count, flowMax)
    {
        for (int i = 0; i < functions.Count; i++)
        {
            Add(i, functions[i], LaneState.Fresh);
        }
    }

    /// <summary>The same instances, with what they keep of flows, in other places.</summary>
    private ChainInstance(ChainInstance before, Chain chain)
        : this(chain, chain.Functions.Count, before._flowMax)
    {
        before._perFlow.CopyTo(_perFlow, 0);
        before._delivered.CopyTo(_delivered, 0);
        Limits.Dispose();
        (Links, Limits, IsClosed) = (before.Links, before.Limits, before.IsClosed);
        for (int i = 0; i < chain.Functions.Count; i++)
        {
            Add(i, before.Functions[i], LaneState.Kept);
            Faults[i] = before.Faults[i];
        }

        FindOnWorker();
    }

    private ChainInstance(Chain chain, int functionCount, uint flowMax)
    {
        Chain = chain;
        Links = chain.Links;
        Limits = new LinkLimits(chain.Links, flowMax);
        _flowMax = flowMax;
        Functions = new INetworkFunction[functionCount];
        Contexts = new FunctionContext[functionCount];
        Faults = new FaultLog[functionCount];
        _perFlow = [.. Enumerable.Range(0, functionCount).Select(_ => new List<IPerFlow>())];
        _handlers = new Link?[functionCount * EventTree.Types.Count];
        _delivered = new ulong[_handlers.Length];
        JoinsBefore = new ulong[functionCount + 1];
        Lanes = new NfLane?[functionCount];
    }

    public Chain Chain { get; }

    /// <summary>The chain's links without those of NFs that were taken out.</summary>
    public LinkTable Links { get; internal set; }

    /// <summary>The NFs, in delivery order.</summary>
    public INetworkFunction[] Functions { get; }

    /// <summary>True when an NF with onFault closed was taken out: the chain's flows are dropped.</summary>
    public bool IsClosed { get; internal set; }

    /// <summary>True once its NFs were announced (CHAIN/NF_UP).</summary>
    internal bool IsAnnounced { get; set; }

    /// <summary>NFs that were taken out and not yet said to be (CHAIN/NF_DOWN), by bit.</summary>
    internal ulong DownUnsaid { get; set; }

    /// <summary>What the limits of its links have let pass.</summary>
    internal LinkLimits Limits { get; }

    internal FunctionContext[] Contexts { get; }

    internal FaultLog[] Faults { get; }

    /// <summary>The ways to NFs on other cores, by NF; null for those on the worker.</summary>
    internal NfLane?[] Lanes { get; }

    internal bool HasLanes { get; private set; }

    /// <summary>True when an NF on another core asks for snapshots.</summary>
    internal bool WantsSnapshots { get; private set; }

    /// <summary>By place in the chain: NFs on other cores that must have answered before it is reached.
    /// </summary>
    internal ulong[] JoinsBefore { get; }

    /// <summary>Events delivered to an NF, by type number.</summary>
    public ReadOnlySpan<ulong> DeliveredTo(int nf) =>
        _delivered.AsSpan(nf * EventTree.Types.Count, EventTree.Types.Count);

    /// <summary>Zeroes what NFs on the worker keep for the flow in a slot; those elsewhere do it
    /// themselves.</summary>
    public void ClearFlow(uint slot)
    {
        for (int i = 0; i < _onWorker.Length; i++)
        {
            _onWorker[i].Clear(slot);
        }
    }

    /// <summary>Asks for the lines of the same.</summary>
    public void PrefetchFlow(uint slot)
    {
        for (int i = 0; i < _onWorker.Length; i++)
        {
            _onWorker[i].Prefetch(slot);
        }
    }

    /// <summary>The same NFs with all they keep, placed as the given chain says, which differs in nothing
    /// else; this one is then spent.</summary>
    public ChainInstance PlacedAs(Chain chain)
    {
        _isReplaced = true;
        return new ChainInstance(this, chain);
    }

    public void Dispose()
    {
        for (int i = 0; i < Lanes.Length; i++)
        {
            // What an NF that hangs may still touch is left to it.
            if (Lanes[i] is not { IsDetached: true })
            {
                Lanes[i]?.Dispose();
                DisposeFunction(i);
            }
        }

        if (!_isReplaced)
        {
            Limits.Dispose();
        }
    }

    /// <summary>Counts a delivery and names the handler it goes to.</summary>
    internal Link? HandlerOf(int nf, ushort type)
    {
        int place = (nf * EventTree.Types.Count) + type;
        _delivered[place]++;
        return _handlers[place];
    }

    private void DisposeFunction(int index)
    {
        if (!_isReplaced)
        {
            (Functions[index] as IDisposable)?.Dispose();
            _perFlow[index].ForEach(state => state.Dispose());
        }
    }

    private void FindOnWorker() =>
        _onWorker = [.. _perFlow.Where((_, i) => Lanes[i] is null).SelectMany(states => states)];

    private void Add(int index, INetworkFunction nf, LaneState state)
    {
        ChainFunction function = Chain.Functions[index];
        Functions[index] = nf;
        Contexts[index] = new FunctionContext(function);
        Faults[index] = new FaultLog();
        Dictionary<ushort, Link> links = function.Manifest.Handles.ToDictionary(
            type => type, type => NfCatalog.LinkTo(nf, type));
        int first = index * EventTree.Types.Count;
        for (ushort type = 0; type < EventTree.Types.Count; type++)
        {
            ushort? handled = function.Manifest.HandlerFor(type);
            _handlers[first + type] = handled is null ? null : links[handled.Value];
        }

        if (function.Placement.IsParallel)
        {
            Lanes[index] = new NfLane(
                this, function, nf, _handlers.AsMemory(first, EventTree.Types.Count),
                _delivered.AsMemory(first, EventTree.Types.Count), _perFlow[index], _flowMax, state);
            HasLanes = true;
            WantsSnapshots |= function.Manifest.Profile.ReadsSnapshots;
            for (int place = 0; place < JoinsBefore.Length; place++)
            {
                JoinsBefore[place] |= function.Placement.JoinBefore <= place ? 1UL << index : 0;
            }
        }
    }
}
