using Dataplane.Flows;

namespace Dataplane.Engine;

/// <summary>A flow as a sampler saw it.</summary>
public struct TopFlow
{
    public FlowEntry Entry;
    public FlowKey Key;
    public FlowId Flow;

    /// <summary>Frame bytes of both sides.</summary>
    public readonly ulong Bytes => Entry.ClientBytes + Entry.ServerBytes;
}
