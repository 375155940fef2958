using System.Diagnostics;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Dataplane.Stacks;

namespace Dataplane.Chains;

/// <content>Flows that pass from one revision to the next; time, and what it is spent on.</content>
public sealed partial class ChainRunner
{
    private readonly int[] _map = new int[LinkTable.LinkMax];
    private ChainInstance? _mapFrom;
    private ChainInstance? _mapTo;

    /// <summary>Marks the NF that is being run, for the process after this one; before any packet.</summary>
    public void MarkBy(BusyMarks? marks) => _marks = marks;

    /// <summary>Number of the newest revision's first chain:
    /// flows with a lower plan belong to an older one.</summary>
    public int FirstPlan => _first;

    /// <summary>Moves a flow of an older revision to the chain that would take it now. Subscriptions are on
    /// or off
    /// as those of the same NF and name were; its TCP state goes on. Called between packets.</summary>
    public void Adopt(uint slot)
    {
        AwaitFlow(slot);
        ref FlowEntry flow = ref _flows[slot];
        ChainInstance from = _chains[flow.Plan];
        StackDepth before = flow.Depth;
        ulong old = flow.LinkMask;
        IReadOnlyList<int> ports = from.Chain.Ports;
        flow.Plan = ChainFor(ports.Count == 0 ? -1 : ports[0], in _flows.KeyOf(slot));
        _chain = _chains[flow.Plan];
        _chain.AdoptFlow(slot, from);
        LinkTable links = _bus.PlanOf(flow.Plan);
        ulong mapped = Map(from, _chain, old, out ulong known);
        ref readonly FlowKey key = ref _flows.KeyOf(slot);
        ulong fresh = _chain.Chain.Fitting(OpeningMask(links, in key) & ~known, in key);
        flow.LinkMask = (mapped | fresh) & links.AliveMask;
        flow.Depth = links.DepthOf(flow.LinkMask);
        if (flow.Protocol == IpProtocols.Tcp)
        {
            _streams.SubscriptionsChanged(slot, ref flow, before);
        }

        _applications?.SubscriptionsChanged(slot, in flow);
    }

    /// <summary>The bits of a mask as another chain numbers them, by NF and subscription.</summary>
    /// <param name="from">The chain the mask belongs to.</param>
    /// <param name="to">The chain that asks.</param>
    /// <param name="mask">The mask.</param>
    /// <param name="known">Bits of <paramref name="to"/> whose subscription <paramref name="from"/>
    /// has.</param>
    private ulong Map(ChainInstance from, ChainInstance to, ulong mask, out ulong known)
    {
        if (_mapFrom != from || _mapTo != to)
        {
            (_mapFrom, _mapTo) = (from, to);
            for (int bit = 0; bit < to.Links.Links.Count; bit++)
            {
                _map[bit] = IsAnew(from, to, bit) ? -1 : BitOf(from, NameOf(to, bit));
            }
        }

        ulong mapped = 0;
        known = 0;
        for (int bit = 0; bit < to.Links.Links.Count; bit++)
        {
            if (_map[bit] >= 0)
            {
                known |= 1UL << bit;
                mapped |= ((mask >> _map[bit]) & 1) << bit;
            }
        }

        return mapped;
    }

    /// <summary>True for an NF with other rules than before: what those had no use for, these may
    /// want.</summary>
    private static bool IsAnew(ChainInstance from, ChainInstance to, int bit)
    {
        int nf = to.Links.Links[bit].Nf;
        return KeptFunctions.NamesRules(to.Chain.Functions[nf].Manifest)
            && Array.IndexOf(from.Functions, to.Functions[nf]) < 0;
    }

    private static (string Nf, string Subscription) NameOf(ChainInstance chain, int bit)
    {
        LinkDeclaration link = chain.Links.Links[bit];
        return (chain.Chain.Functions[link.Nf].Name, link.Name);
    }

    private static int BitOf(ChainInstance chain, (string Nf, string Subscription) name)
    {
        for (int bit = 0; bit < chain.Links.Links.Count; bit++)
        {
            if (NameOf(chain, bit) == name)
            {
                return bit;
            }
        }

        return -1;
    }

    /// <summary>Lets NFs know that time passed; called between bursts a few times a second.</summary>
    public void Tick(long timeNs)
    {
        TellOfTime(timeNs);
        foreach (ChainInstance chain in _chains)
        {
            _chain = chain;
            for (_nf = 0; _nf < chain.Functions.Length; _nf++)
            {
                if (chain.Functions[_nf] is ITick nf && chain.IsOwner(_nf))
                {
                    _marks?.Mark(_worker, chain.Marks[_nf]);
                    TickOne(nf, timeNs);
                }
            }
        }

        _marks?.Mark(_worker, 0);
        TellOfLanes(timeNs);
    }

    private Verdict DeliverSampled(Link handler, ref readonly EventRecord record)
    {
        long start = Stopwatch.GetTimestamp();
        Verdict verdict = handler.Deliver(in record, _chain.Contexts[_nf]);
        long took = (long)Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        _chain.Counts[_nf].Nanoseconds += (ulong)(took * NfCounts.SampleEvery);
        return verdict;
    }
}
