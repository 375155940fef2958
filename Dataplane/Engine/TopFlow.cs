using Dataplane.Flows;

namespace Dataplane.Engine;

/// <summary>A flow as a sampler saw it.</summary>
public struct TopFlow
{
    public FlowEntry Entry;
    public FlowKey Key;
    public FlowId Flow;

    /// <summary>When it began, whole milliseconds of the worker's clock, wrapped to 32 bits.</summary>
    public uint StartedMs;

    /// <summary>Frame bytes of both sides.</summary>
    public readonly ulong Bytes => Entry.ClientBytes + Entry.ServerBytes;
}
