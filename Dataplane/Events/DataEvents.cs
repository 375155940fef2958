using Dataplane.Packets;

namespace Dataplane.Events;

/// <summary>EVENT/DATA_RDY: bytes of one side, in order, each once; read them by
/// <c>NfContext.Bytes</c>.</summary>
/// <param name="Offset">Offset of the first byte in the side's stream, from 0.</param>
/// <param name="Length">How many bytes.</param>
/// <param name="Side">Who sent them.</param>
/// <param name="HoleAfter">1 when later bytes wait behind a hole.</param>
/// <param name="Epoch">Counts restarts of the offsets.</param>
[Event("DATA_RDY", Parent = typeof(AnyEvent))]
public readonly record struct DataReady(
    ulong Offset, uint Length, Side Side, byte HoleAfter, ushort Epoch) : IEvent;

/// <summary>EVENT/DATA_RDY/EOF: the side has sent its last byte (FIN in order, reset,
/// or end of flow).</summary>
[Event("EOF", Parent = typeof(DataReady))]
public readonly record struct DataEnd(DataReady Data) : IEvent;

/// <summary>EVENT/DATA_RDY/GAP: bytes that will not come; Epoch's low byte is a
/// <see cref="GapReason"/>.</summary>
[Event("GAP", Parent = typeof(DataReady))]
public readonly record struct DataGap(DataReady Data) : IEvent;

/// <summary>EVENT/DATA_RDY/FIRST: the first bytes of a side.</summary>
[Event("FIRST", Parent = typeof(DataReady))]
public readonly record struct DataFirst(DataReady Data) : IEvent;

/// <summary>EVENT/DATA_RDY/URGENT: Offset is that of the urgent byte, Length 0.</summary>
[Event("URGENT", Parent = typeof(DataReady))]
public readonly record struct DataUrgent(DataReady Data) : IEvent;

/// <summary>EVENT/DATA_RDY/DEPTH_REACHED: the stream goes on, no further bytes are put in order.</summary>
[Event("DEPTH_REACHED", Parent = typeof(DataReady))]
public readonly record struct DataDepthReached(DataReady Data) : IEvent;

/// <summary>Why bytes of a stream are missing.</summary>
public enum GapReason : byte
{
    Lost,
    MemoryCap,
    Depth,
    NeverSeen,

    /// <summary>They came, but before their turn, and the side's buffering keeps none of those.</summary>
    NotKept,
}
