using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;

namespace Dataplane.Engine;

/// <summary>What the control side asks of the engine: put a revision in place, show what it does.</summary>
/// <remarks>Check, Apply and Dispose by one thread at a time, never a worker's;
/// the rest by any thread.</remarks>
public interface IEngine : IDisposable
{
    /// <summary>The revision that runs; null for none.</summary>
    EngineRevision? Revision { get; }

    /// <summary>Loads the rules of a revision to see whether it could run; changes nothing,
    /// opens no port.</summary>
    EngineOutcome Check(EngineRevision revision);

    /// <summary>
    /// Opens ports, makes NF instances for each worker and swaps them in between bursts. With faults nothing
    /// has changed. Applying the running revision again is harmless.
    /// </summary>
    EngineOutcome Apply(EngineRevision revision);

    /// <summary>Switches a subscription for live flows; null when there are faults. As Apply, by one thread
    /// at
    /// a time.</summary>
    SubscriptionChanged? Change(SubscriptionChange change, List<ConfigFault> faults);

    /// <summary>What live flows are heard by and why their stacks are as deep as they are; null when there
    /// are faults. As Apply, by one thread at a time.</summary>
    /// <param name="flow">A flow's id; null: flows by filter.</param>
    /// <param name="filter">Which flows.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="faults">Receives what is wrong with flow or filter.</param>
    IReadOnlyList<FlowDemand>? Demand(string? flow, string filter, int limit, List<ConfigFault> faults);

    /// <summary>Asks the ports anew how they are, and opens those again whose interface was made anew; the
    /// workers then start with empty tables. Any thread.</summary>
    void RefreshPorts();

    /// <summary>The workers that run; the list is replaced as a whole, never changed.</summary>
    IReadOnlyList<WorkerView> Workers { get; }

    /// <summary>The ports of the revision, in the document's order; replaced as a whole,
    /// never changed.</summary>
    IReadOnlyList<PortView> Ports { get; }
}
