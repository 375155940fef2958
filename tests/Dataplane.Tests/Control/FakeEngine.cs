using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Engine;

namespace Dataplane.Tests.Control;

/// <summary>An engine that runs nothing and remembers what it was told.</summary>
internal sealed class FakeEngine : IEngine
{
    public EngineRevision? Revision { get; private set; }

    public IReadOnlyList<WorkerView> Workers { get; set; } = [];

    public IReadOnlyList<PortView> Ports { get; set; } = [];

    /// <summary>What Check and Apply answer.</summary>
    public EngineOutcome Outcome { get; set; } = new([], [], 0);

    public EngineOutcome Check(EngineRevision revision) => Outcome;

    public EngineOutcome Apply(EngineRevision revision)
    {
        Revision = Outcome.Faults.Count == 0 ? revision : Revision;
        return Outcome;
    }

    /// <summary>What it was told to change.</summary>
    public List<SubscriptionChange> Changes { get; } = [];

    public SubscriptionChanged? Change(SubscriptionChange change, List<ConfigFault> faults)
    {
        Changes.Add(change);
        return new SubscriptionChanged { FlowsMatched = 1, FlowsChanged = 1, Flows = [], Workers = [] };
    }

    public IReadOnlyList<FlowDemand>? Demand(
        string? flow, string filter, int limit, List<ConfigFault> faults) => [];

    public void RefreshPorts()
    {
    }

    public void Dispose()
    {
    }
}
