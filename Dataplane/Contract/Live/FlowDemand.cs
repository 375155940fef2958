namespace Dataplane.Contract.Live;

/// <summary>Which NF hears what of a live flow right now, and which subscription asks for which part of its
/// stack's depth.</summary>
public sealed record FlowDemand
{
    /// <summary>The flow's id.</summary>
    public required string Flow { get; init; }

    /// <summary>Its 5-tuple, client first, such as: tcp 10.0.0.1:4000 > 10.0.0.2:80.</summary>
    public required string Tuple { get; init; }

    /// <summary>Its chain.</summary>
    public required string Chain { get; init; }

    /// <summary>True while it still runs in the chain of an older revision.</summary>
    public bool IsOldRevision { get; set; }

    /// <summary>The parts of its stack that are at work: client half, server half, client stream, server
    /// stream; none: bypass.</summary>
    public required IReadOnlyList<string> Depth { get; init; }

    /// <summary>Every subscription of its chain.</summary>
    public required IReadOnlyList<SubscriptionDemand> Subscriptions { get; init; }
}

/// <summary>One subscription as it is for one flow.</summary>
public sealed record SubscriptionDemand
{
    /// <summary>The NF.</summary>
    public required string Nf { get; init; }

    /// <summary>The subscription's name.</summary>
    public required string Subscription { get; init; }

    /// <summary>Paths of the event types.</summary>
    public required IReadOnlyList<string> Events { get; init; }

    /// <summary>client, server or both.</summary>
    public required string Sender { get; init; }

    /// <summary>receiver, client, server or both.</summary>
    public required string Half { get; init; }

    /// <summary>on; off; waiting: off, and bytes are kept for it; excluded: its filter does not take the
    /// flow.</summary>
    public required string State { get; init; }

    /// <summary>Parts of the depth that it asks for while it is on or waits.</summary>
    public required IReadOnlyList<string> AsksFor { get; init; }
}
