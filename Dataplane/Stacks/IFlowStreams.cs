using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Stacks;

/// <summary>What the chain's runner asks of the stack that owns the byte streams of TCP flows.</summary>
/// <remarks>One per worker; its thread only.</remarks>
public interface IFlowStreams
{
    /// <summary>Copies kept bytes [from, to) of what a side sent;
    /// returns how many were there without a gap.</summary>
    int CopyKept(uint slot, Side side, ulong from, ulong to, Span<byte> target);

    /// <summary>
    /// Collects what is kept from <paramref name="from"/> on of every side whose stream the links demand, as
    /// DATA_RDY events flagged Replay and wanted by those links only;
    /// DATA_RDY/GAP first where bytes are gone.
    /// <see cref="FromOldestKept"/> as offset: from the oldest byte that is kept.
    /// </summary>
    void Replay(uint slot, ref FlowEntry flow, ulong links, ulong from);

    /// <summary>The links of a flow were switched: called between packets,
    /// after Depth was set anew.</summary>
    void SubscriptionsChanged(uint slot, ref FlowEntry flow, StackDepth before);

    /// <summary>The flow ends: collects the bytes that still wait, gaps before them,
    /// and the ends of its streams.</summary>
    void FlowEnding(uint slot, ref FlowEntry flow, long timeNs);

    /// <summary>The flow's last event was delivered: everything held for it is given back.</summary>
    void FlowEnded(uint slot, ref FlowEntry flow);

    /// <summary>The TCB of one half as it is now; not valid where the flow has none.</summary>
    TcpSnapshot Snapshot(uint slot, Side half, ref readonly FlowEntry flow);

    /// <summary>Asks for the lines of a flow's streams: a packet of it comes soon.</summary>
    void PrefetchStreams(uint slot);

    /// <summary>Stands for the oldest byte that is kept.</summary>
    const ulong FromOldestKept = ulong.MaxValue;
}
