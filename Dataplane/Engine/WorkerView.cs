using Dataplane.Chains;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;

namespace Dataplane.Engine;

/// <summary>What may be read of a worker while it runs: counters, a moment late.</summary>
/// <param name="Core">The core it is pinned to; -1 when it is not.</param>
/// <param name="Counters">What it counts.</param>
/// <param name="Flows">Its flow table; only counts may be read.</param>
/// <param name="Bus">Its bus: events built.</param>
/// <param name="Runner">Its runner: events delivered, faults.</param>
/// <param name="Sampler">Its largest flows and flows by depth.</param>
public sealed record WorkerView(
    int Core, CounterBlock Counters, FlowTable Flows, EventBus Bus, ChainRunner Runner, FlowSampler Sampler)
{
    /// <summary>How much of its pools is in use.</summary>
    public IReadOnlyList<PoolGauge> Pools { get; init; } = [];

    /// <summary>Tells the system's number of its thread; 0 while it has none.</summary>
    public Func<int> ThreadId { get; init; } = () => 0;
}
