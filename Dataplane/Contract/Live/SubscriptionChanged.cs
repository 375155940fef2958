namespace Dataplane.Contract.Live;

/// <summary>What became of a <see cref="SubscriptionChange"/>.</summary>
public sealed record SubscriptionChanged
{
    /// <summary>The most flows that are listed one by one.</summary>
    public const int FlowsMax = 1_000;

    /// <summary>Live flows that were meant.</summary>
    public required long FlowsMatched { get; init; }

    /// <summary>Of these the ones for which something changed.</summary>
    public required long FlowsChanged { get; init; }

    /// <summary>Changed flows, at most <see cref="FlowsMax"/>.</summary>
    public required IReadOnlyList<ChangedFlow> Flows { get; init; }

    /// <summary>For each worker that was asked: the number from which on all its flows follow the new
    /// rule.</summary>
    public required IReadOnlyList<ChangedWorker> Workers { get; init; }
}

/// <summary>A flow that a change was made to.</summary>
/// <param name="Flow">Its id.</param>
/// <param name="EventNumber">Events of the flow up to this number kept the old rule; later ones follow the
/// new one.</param>
public sealed record ChangedFlow(string Flow, ulong EventNumber);

/// <summary>A worker that was asked for a change.</summary>
/// <param name="Worker">Its number.</param>
/// <param name="EventNumber">Its last event of the old rule.</param>
public sealed record ChangedWorker(int Worker, ulong EventNumber);
