using System.Runtime.CompilerServices;
using Dataplane.Chains.Parallel;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Chains;

/// <summary>One worker's copy of a chain: its NF instances, their state,
/// and the table from event to handler.</summary>
/// <remarks>Made and disposed on the control thread while the worker does not use it.</remarks>
public sealed class ChainInstance : IDisposable
{
    private static readonly int TypeCount = EventTree.Types.Count;

    private readonly List<PerFlow>[] _perFlow;
    private readonly (ChainInstance Chain, int Index)?[] _keptFrom;
    private readonly bool[] _isOwner;
    private readonly bool[] _isSuspended;
    private readonly Link?[] _handlers;
    private readonly ulong[] _delivered;
    private readonly ulong[] _byLink;
    private readonly uint _flowMax;
    private PerFlow[] _onWorker = [];
    private readonly ChainInstance? _before;
    private bool _isReplaced;

    /// <summary>Makes the NF instances of a chain for one worker, but for those it keeps.</summary>
    public ChainInstance(Chain chain, uint flowMax, INfResources resources, KeptFunctions? kept = null)
        : this(chain, chain.Functions.Count, flowMax)
    {
        for (int i = 0; i < chain.Functions.Count; i++)
        {
            ChainFunction function = chain.Functions[i];
            if (kept is not null && kept.IsSuspended(function))
            {
                Suspend(i);
                continue;
            }

            if (kept?.Find(function) is { } found)
            {
                _keptFrom[i] = found;
                _isOwner[i] = false;
                _perFlow[i] = found.Chain._perFlow[found.Index];
                Add(i, found.Chain.Functions[found.Index], LaneState.Fresh);
                continue;
            }

            // What may run on another core now or later shares with nobody what serves one thread only.
            INfResources own = function.Placement.MayMove ? resources.ForOtherThread() : resources;
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
        _before = before;
        Limits.Dispose();
        Limits = before.Limits;
        before._perFlow.CopyTo(_perFlow, 0);
        before._isOwner.CopyTo(_isOwner, 0);
        before.Marks.CopyTo(Marks, 0);
        for (int i = 0; i < chain.Functions.Count; i++)
        {
            if (before._isSuspended[i])
            {
                Suspend(i);
            }
            else
            {
                Add(i, before.Functions[i], LaneState.Kept);
            }

            Faults[i] = before.Faults[i];
        }

        FindOnWorker();
    }

    /// <summary>Memory of what its NFs keep for each flow, used or not.</summary>
    public ulong StateBytes => (ulong)_perFlow.Sum(states => states.Sum(state => (long)state.Bytes));

    private ChainInstance(Chain chain, int functionCount, uint flowMax)
    {
        Chain = chain;
        Links = chain.Links;
        Limits = new LinkLimits(chain.Links, flowMax);
        _flowMax = flowMax;
        Functions = new INetworkFunction[functionCount];
        Contexts = new FunctionContext[functionCount];
        Faults = new FaultLog[functionCount];
        Counts = new NfCounts[functionCount];
        Marks = new uint[functionCount];
        _keptFrom = new (ChainInstance, int)?[functionCount];
        _isOwner = new bool[functionCount];
        Array.Fill(_isOwner, true);
        _isSuspended = new bool[functionCount];
        _byLink = new ulong[chain.Links.Links.Count * EventTree.Types.Count];
        _perFlow = [.. Enumerable.Range(0, functionCount).Select(_ => new List<PerFlow>())];
        _handlers = new Link?[functionCount * EventTree.Types.Count];
        _delivered = new ulong[_handlers.Length];
        JoinsBefore = new ulong[functionCount + 1];
        EarlyLinks = new ulong[functionCount];
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

    /// <summary>By place in the chain: links of NFs on other cores behind it that may begin before the NF
    /// there.</summary>
    internal ulong[] EarlyLinks { get; }

    /// <summary>What the NFs answered, said and took, by their index.</summary>
    public NfCounts[] Counts { get; }

    /// <summary>The numbers of the NFs among the marks of their worker.</summary>
    internal uint[] Marks { get; }

    /// <summary>Events that wait for an NF on another core, read a moment late; 0 where it runs on the
    /// worker.</summary>
    public int QueueOf(int nf) => Lanes[nf]?.Account.ItemCount ?? 0;

    /// <summary>Events that its ring has room for; 0 where it has none.</summary>
    public int QueueMaxOf(int nf) => Lanes[nf] is null ? 0 : NfLane.ItemMax;

    /// <summary>Throws of an NF so far.</summary>
    public ulong FaultsOf(int nf) => Faults[nf].Count + (Lanes[nf]?.FaultCount ?? 0);

    /// <summary>What an NF threw last; empty when it never did.</summary>
    public string LastFaultOf(int nf) =>
        Lanes[nf] is { FaultCount: > 0 } lane ? lane.LastFault : Faults[nf].Last;

    /// <summary>True while the NF hears what it subscribed to: it was neither taken out nor
    /// suspended.</summary>
    public bool IsRunning(int nf) =>
        !_isSuspended[nf]
        && (Links.LinksOf(nf) == 0 || (Links.AliveMask & Links.LinksOf(nf)) != 0);

    /// <summary>Events delivered to an NF, by type number.</summary>
    public ReadOnlySpan<ulong> DeliveredTo(int nf) =>
        _delivered.AsSpan(nf * EventTree.Types.Count, EventTree.Types.Count);

    /// <summary>Events of a type that reached their NF by a link.</summary>
    public ulong DeliveredBy(int bit, int type) => _byLink[(bit * EventTree.Types.Count) + type];

    /// <summary>Takes the kept instances over from the chains before: these must not end them any
    /// more.</summary>
    public void TakeOver()
    {
        for (int i = 0; i < _keptFrom.Length; i++)
        {
            if (_keptFrom[i] is { } from)
            {
                _isOwner[i] = from.Chain._isOwner[from.Index];
                from.Chain._isOwner[from.Index] = false;
                _keptFrom[i] = null;
            }
        }
    }

    /// <summary>Zeroes what NFs keep for a flow that comes from another chain, but for those that served it
    /// there,
    /// too.</summary>
    public void AdoptFlow(uint slot, ChainInstance from)
    {
        for (int i = 0; i < Functions.Length; i++)
        {
            if (Array.IndexOf(from.Functions, Functions[i]) < 0)
            {
                Clear(i, slot);
            }
        }
    }

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
    /// else. This one goes on until the other takes its place (<see cref="Continue"/>).</summary>
    public ChainInstance PlacedAs(Chain chain) => new(this, chain);

    /// <summary>Takes the place of the chain that it was made from, which is spent then: on the worker, while
    /// no NF elsewhere is busy.</summary>
    internal void Continue()
    {
        if (_before is null || _before._isReplaced)
        {
            return;
        }

        _before._delivered.CopyTo(_delivered, 0);
        _before._byLink.CopyTo(_byLink, 0);
        _before.Counts.CopyTo(Counts, 0);
        (Links, IsClosed, IsAnnounced) = (_before.Links, _before.IsClosed, _before.IsAnnounced);
        (DownUnsaid, _before._isReplaced) = (_before.DownUnsaid, true);
        for (int i = 0; i < Lanes.Length; i++)
        {
            // A thread that hangs in an NF may touch it for ever: it is never disposed.
            _isOwner[i] &= _before.Lanes[i] is not { IsDetached: true };
        }
    }

    /// <summary>True once another chain has taken its NFs over.</summary>
    internal bool IsReplaced => _isReplaced;

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

    /// <summary>True when no newer chain has taken the NF over.</summary>
    internal bool IsOwner(int nf) => _isOwner[nf];

    /// <summary>Counts a delivery by a link and names the handler it goes to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Link? HandlerOf(int nf, int bit, ushort type)
    {
        int place = (nf * TypeCount) + type;
        _delivered[place]++;
        _byLink[(bit * TypeCount) + type]++;
        return _handlers[place];
    }

    /// <summary>Gives the NFs their numbers among the marks; control thread.</summary>
    public void MarkBy(BusyMarks marks)
    {
        for (int i = 0; i < Marks.Length; i++)
        {
            Marks[i] = marks.NumberOf(Chain.Functions[i].Name);
        }
    }

    private void Clear(int nf, uint slot)
    {
        List<PerFlow> states = _perFlow[nf];
        for (int i = 0; Lanes[nf] is null && i < states.Count; i++)
        {
            states[i].Clear(slot);
        }
    }

    /// <summary>The NF ended the process again and again: it is not even made.</summary>
    private void Suspend(int index)
    {
        Functions[index] = SuspendedFunction.Instance;
        Contexts[index] = new FunctionContext(Chain.Functions[index]);
        Faults[index] = new FaultLog();
        _isSuspended[index] = true;
        Links = Links.Without(index);
        IsClosed |= Chain.Functions[index].OnFault == OnFault.Closed;
    }

    private void DisposeFunction(int index)
    {
        if (!_isReplaced && _isOwner[index])
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
        if (nf is IDeclines particular)
        {
            ulong declined = function.LinksByName.Where(named => particular.Declines(named.Key))
                .Aggregate(0UL, (links, named) => links | named.Value);
            Links = declined == 0 ? Links : Links.WithoutLinks(declined);
        }

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

            for (int place = function.Placement.StartsAt; place < index; place++)
            {
                EarlyLinks[place] |= Chain.Links.LinksOf(index);
            }
        }
    }
}
