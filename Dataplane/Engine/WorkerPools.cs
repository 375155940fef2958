using Dataplane.Counters;

namespace Dataplane.Engine;

/// <summary>The pools of one worker that flows draw from, for statistics.</summary>
public static class WorkerPools
{
    /// <summary>Gauges of a worker's pools, always the same ones in the same order.</summary>
    public static IReadOnlyList<PoolGauge> Of(WorkerParts parts) =>
    [
        new("flows", () => parts.Flows.Count, parts.Flows.FlowMax, parts.FlowBytes,
            () => parts.Counters.FlowsEvicted + parts.Counters.Drops[(int)DropReason.FlowTableFull]),
        new("tcp-halves", () => parts.Tcp.Pairs.UsedCount, parts.Tcp.Pairs.CountMax, parts.Tcp.Pairs.Bytes,
            () => parts.Tcp.Pairs.RefusedCount),
        new("streams", () => parts.Tcp.Streams.OpenCount, parts.Tcp.Streams.Settings.StreamMax,
            parts.Tcp.Streams.StreamBytes, () => parts.Tcp.Streams.RefusedStreamCount),
        new("stream-bytes", () => parts.Tcp.Streams.HeldSlabBytes, parts.Tcp.Streams.Settings.SlabBytesMax,
            parts.Tcp.Streams.HeldPoolBytes, () => parts.Tcp.Streams.OverrunCount),
        new("application-flows", () => (ulong)parts.Applications.FollowedCount,
            (ulong)parts.Applications.FollowedMax, parts.Applications.PlaceBytes,
            () => parts.Applications.RefusedCount),
    ];
}
