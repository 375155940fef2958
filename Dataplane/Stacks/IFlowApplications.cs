using Dataplane.Events.Applications;
using Dataplane.Flows;

namespace Dataplane.Stacks;

/// <summary>What the chain's runner asks of the stack that follows application protocols.</summary>
/// <remarks>One per worker; its thread only.</remarks>
public interface IFlowApplications
{
    /// <summary>What is known of a flow; null while no parser follows it.</summary>
    IAppFlow? Find(uint slot);

    /// <summary>A flow's links were switched: called between packets, after Depth was set anew.</summary>
    void SubscriptionsChanged(uint slot, ref readonly FlowEntry flow);

    /// <summary>The current packet's events have been delivered: transactions that are complete
    /// go.</summary>
    void PacketDelivered();

    /// <summary>The flow ends: collects what is left to say of its transactions.</summary>
    void FlowEnding(uint slot, ref readonly FlowEntry flow, long timeNs);

    /// <summary>The flow's last event was delivered, or another begins in its place: everything held for it
    /// is given back.</summary>
    void FlowEnded(uint slot);
}
