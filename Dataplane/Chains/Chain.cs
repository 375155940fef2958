using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Chains;

/// <summary>A chain of one revision, compiled: its NFs in delivery order,
/// its links and their filters.</summary>
/// <remarks>Immutable and shared by all workers;
/// each worker has its own <see cref="ChainInstance"/> of it.</remarks>
public sealed class Chain
{
    /// <summary>Name in the document.</summary>
    public required string Id { get; init; }

    /// <summary>Its number: what <c>FlowEntry.Plan</c> holds.</summary>
    public required ushort Number { get; init; }

    /// <summary>Indices of its ports in the document: one listens, two forward to each other.</summary>
    public required IReadOnlyList<int> Ports { get; init; }

    public required OnFault OnFault { get; init; }

    /// <summary>Flows it takes.</summary>
    public required FlowFilter Match { get; init; }

    /// <summary>NFs in delivery order.</summary>
    public required IReadOnlyList<ChainFunction> Functions { get; init; }

    /// <summary>The compiled links.</summary>
    public required LinkTable Links { get; init; }

    /// <summary>Links with a filter, by bit.</summary>
    public required IReadOnlyList<(int Bit, FlowFilter Filter)> LinkFilters { get; init; }

    /// <summary>Which of its NFs may work on a packet at the same time, and why.</summary>
    public IReadOnlyList<PlannedPair> Pairs { get; init; } = [];

    /// <summary>True when packets pass through the chain, so that a drop verdict is obeyed.</summary>
    public bool IsInline => Ports.Count == 2;

    /// <summary>The chain of flows that no chain of the document takes: nobody listens.</summary>
    public static Chain Unmatched(ushort number) => new()
    {
        Id = "",
        Number = number,
        Ports = [],
        OnFault = OnFault.Open,
        Match = FlowFilter.Everything,
        Functions = [],
        Links = new LinkTable([]),
        LinkFilters = [],
    };

    /// <summary>The same chain under another number.</summary>
    public Chain Numbered(ushort number) => new()
    {
        Id = Id,
        Number = number,
        Ports = Ports,
        OnFault = OnFault,
        Match = Match,
        Functions = Functions,
        Links = Links,
        LinkFilters = LinkFilters,
        Pairs = Pairs,
    };

    /// <summary>Of the given links those whose filter fits the flow.</summary>
    public ulong Fitting(ulong links, in FlowKey key)
    {
        for (int i = 0; i < LinkFilters.Count; i++)
        {
            (int bit, FlowFilter filter) = LinkFilters[i];
            ulong link = 1UL << bit;
            if ((links & link) != 0 && !filter.Matches(in key))
            {
                links &= ~link;
            }
        }

        return links;
    }
}

/// <summary>One NF of a compiled chain: what the document says of it, checked.</summary>
public sealed record ChainFunction
{
    /// <summary>Name in the document; what notices and metrics show.</summary>
    public required string Name { get; init; }

    /// <summary>Name of its chain.</summary>
    public required string Chain { get; init; }

    /// <summary>Place in delivery order; the publisher number of its events.</summary>
    public required ushort Index { get; init; }

    public required int Stage { get; init; }

    /// <summary>What its kind says of itself.</summary>
    public required NfManifest Manifest { get; init; }

    /// <summary>The kind's Options record, or null.</summary>
    public required object? Options { get; init; }

    public required OnFault OnFault { get; init; }

    /// <summary>Links by the name of the declared subscription that they stand for.</summary>
    public required IReadOnlyDictionary<string, ulong> LinksByName { get; init; }

    /// <summary>Links that it may switch on at run time.</summary>
    public required ulong SwitchesOn { get; init; }

    /// <summary>Where it runs, and why.</summary>
    public required NfPlacement Placement { get; init; }

    /// <summary>What happens when it runs on another core and falls behind.</summary>
    public required OnFull OnFull { get; init; }

    /// <summary>The subscriptions it got, with their bits.</summary>
    public required IReadOnlyList<PlannedLink> Links { get; init; }

    /// <summary>Throws where the kind sends frames of its own and does not say so.</summary>
    internal void CheckMayInject()
    {
        if ((Manifest.Profile.Effects & SideEffects.Packets) == 0)
        {
            throw new InvalidOperationException(
                $"{Manifest.Kind} sends frames of its own; its profile must say so (Effects = Packets).");
        }
    }

    /// <summary>Throws where the kind stops listening to single sides and does not say so.</summary>
    internal void CheckStopsSides()
    {
        if (!Manifest.StopsSides)
        {
            throw new InvalidOperationException(
                $"{Manifest.Kind} stops listening to one side; its [NetworkFunction] must say so "
                + "(StopsSides), so that its subscriptions are switched side by side.");
        }
    }
}
