using Dataplane.Chains;
using Dataplane.Flows;

namespace Dataplane.Engine;

/// <summary>Which live flows a command means: one by its identity, or those that a filter takes.</summary>
internal sealed class FlowChoice(ulong? identity, FlowFilter filter)
{
    /// <summary>Only these slots are looked at now.</summary>
    public uint From { get; set; }

    public uint To { get; set; }

    /// <summary>True when one flow is meant.</summary>
    public bool IsOne => identity is not null;

    /// <summary>False for workers that cannot own such a flow.</summary>
    public bool Concerns(EngineWorker worker) =>
        identity is null || new FlowId((uint)identity.Value).Worker == worker.Number;

    /// <summary>The flows, by slot; on the worker's thread.</summary>
    public IEnumerable<uint> Slots(FlowTable flows)
    {
        if (identity is not null)
        {
            FlowId flow = new((uint)identity.Value);
            if (flow.Slot < flows.FlowMax && flows[flow.Slot].InUse
                && flow.Identity(flows[flow.Slot].Generation) == identity)
            {
                yield return flow.Slot;
            }

            yield break;
        }

        for (uint slot = From; slot < Math.Min(To, flows.FlowMax); slot++)
        {
            if (flows[slot].InUse && filter.Matches(in flows.KeyOf(slot)))
            {
                yield return slot;
            }
        }
    }
}
