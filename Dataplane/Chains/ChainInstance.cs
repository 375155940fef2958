using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Chains;

/// <summary>One worker's copy of a chain: its NF instances, their state,
/// and the table from event to handler.</summary>
/// <remarks>Made and disposed on the control thread while the worker does not use it.</remarks>
public sealed class ChainInstance : IDisposable
{
    private readonly List<IPerFlow> _perFlow = [];
    private readonly Link?[] _handlers;
    private readonly ulong[] _delivered;

    /// <summary>Makes the NF instances of a chain for one worker.</summary>
    public ChainInstance(Chain chain, uint flowMax, INfResources resources)
        : this(chain, chain.Functions.Count, flowMax)
    {
        for (int i = 0; i < chain.Functions.Count; i++)
        {
            ChainFunction function = chain.Functions[i];
            Add(i, NfCatalog.Create(function.Manifest, function.Options, flowMax, resources, _perFlow));
        }
    }

    /// <summary>A chain of NFs that exist already, in delivery order.</summary>
    public ChainInstance(Chain chain, IReadOnlyList<INetworkFunction> functions, uint flowMax = 0)
        : this(chain, functions.Count, flowMax)
    {
        for (int i = 0; i < functions.Count; i++)
        {
            Add(i, functions[i]);
        }
    }

    private ChainInstance(Chain chain, int functionCount, uint flowMax)
    {
        Chain = chain;
        Links = chain.Links;
        Limits = new LinkLimits(chain.Links, flowMax);
        Functions = new INetworkFunction[functionCount];
        Contexts = new FunctionContext[functionCount];
        Faults = new FaultLog[functionCount];
        _handlers = new Link?[functionCount * EventTree.Types.Count];
        _delivered = new ulong[_handlers.Length];
    }

    public Chain Chain { get; }

    /// <summary>The chain's links without those of NFs that were taken out.</summary>
    public LinkTable Links { get; internal set; }

    /// <summary>The NFs, in delivery order.</summary>
    public INetworkFunction[] Functions { get; }

    /// <summary>True when an NF with onFault closed was taken out: the chain's flows are dropped.</summary>
    public bool IsClosed { get; internal set; }

    /// <summary>What the limits of its links have let pass.</summary>
    internal LinkLimits Limits { get; }

    internal FunctionContext[] Contexts { get; }

    internal FaultLog[] Faults { get; }

    /// <summary>Events delivered to an NF, by type number.</summary>
    public ReadOnlySpan<ulong> DeliveredTo(int nf) =>
        _delivered.AsSpan(nf * EventTree.Types.Count, EventTree.Types.Count);

    /// <summary>Zeroes what NFs keep for the flow in a slot.</summary>
    public void ClearFlow(uint slot)
    {
        for (int i = 0; i < _perFlow.Count; i++)
        {
            _perFlow[i].Clear(slot);
        }
    }

    public void Dispose()
    {
        foreach (IDisposable function in Functions.OfType<IDisposable>())
        {
            function.Dispose();
        }

        _perFlow.ForEach(state => state.Dispose());
        Limits.Dispose();
    }

    /// <summary>Counts a delivery and names the handler it goes to.</summary>
    internal Link? HandlerOf(int nf, ushort type)
    {
        int place = (nf * EventTree.Types.Count) + type;
        _delivered[place]++;
        return _handlers[place];
    }

    private void Add(int index, INetworkFunction nf)
    {
        Functions[index] = nf;
        Contexts[index] = new FunctionContext(Chain.Functions[index]);
        Faults[index] = new FaultLog();
        NfManifest manifest = Chain.Functions[index].Manifest;
        Dictionary<ushort, Link> links = manifest.Handles.ToDictionary(
            type => type, type => NfCatalog.LinkTo(nf, type));
        for (ushort type = 0; type < EventTree.Types.Count; type++)
        {
            ushort? handled = manifest.HandlerFor(type);
            _handlers[(index * EventTree.Types.Count) + type] = handled is null ? null : links[handled.Value];
        }
    }
}
