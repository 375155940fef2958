using Dataplane.Flows;

namespace Dataplane.Stacks;

/// <summary>Hears that a new connection began on the 5-tuple of an old one; the chain's runner.</summary>
public interface IFlowRenewal
{
    /// <summary>Called in the middle of the new connection's first packet,
    /// after FLOW/REUSED was delivered: sets
    /// the links and the depth that a new flow would have.</summary>
    void FlowRenewed(uint slot, ref FlowEntry flow);
}
