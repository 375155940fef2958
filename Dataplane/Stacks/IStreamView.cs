using Dataplane.Packets;

namespace Dataplane.Stacks;

/// <summary>Looking into the byte streams of a flow: what was delivered and is kept, and what waits behind
/// holes.</summary>
/// <remarks>One per worker; its thread only. Offsets are those of DATA_RDY.</remarks>
public interface IStreamView
{
    /// <summary>Copies bytes from an offset on, as far as they are at hand without a gap, also beyond holes;
    /// answers how many.</summary>
    int PeekAt(uint slot, Side side, ulong offset, Span<byte> target);

    /// <summary>The runs of bytes at hand, in order, neighbours joined; answers how many of them were
    /// written.</summary>
    int Ranges(uint slot, Side side, Span<StreamRange> target);

    /// <summary>Where the stream of a side stands; all zero when it is not put together.</summary>
    StreamBuffer BufferOf(uint slot, Side side);

    /// <summary>Keeps at least the newest bytes of a side from now on, under the pool's cap; answers how many
    /// that will be.</summary>
    uint SetBuffer(uint slot, Side side, uint bytes);

    /// <summary>From now on keeps so much of what comes before its turn; answers the kind in force, Data
    /// where the side is not put together.</summary>
    StreamBuffering SetBuffering(uint slot, Side side, StreamBuffering kind);
}

/// <summary>What is kept of bytes that come before their turn.</summary>
public enum StreamBuffering : byte
{
    /// <summary>The bytes: they are announced when the hole before them is filled.</summary>
    Data,

    /// <summary>Their places only (<see cref="IStreamView.Ranges"/>): in their turn they are announced as a
    /// gap.</summary>
    Map,

    /// <summary>Nothing waits: the hole before a segment is announced as a gap at once.</summary>
    None,
}

/// <summary>A run of stream bytes.</summary>
public readonly record struct StreamRange(ulong Offset, ulong Length)
{
    public ulong End => Offset + Length;
}

/// <summary>The state of one side's buffer.</summary>
/// <param name="Next">Offset of the next byte to come in turn: all before it were delivered.</param>
/// <param name="Oldest">Offset of the oldest byte at hand; Next when none is kept.</param>
/// <param name="KeptBytes">Delivered bytes at hand.</param>
/// <param name="WaitingBytes">Bytes of memory that what waits behind holes takes.</param>
/// <param name="Limit">How many delivered bytes are kept at most.</param>
public readonly record struct StreamBuffer(
    ulong Next, ulong Oldest, uint KeptBytes, uint WaitingBytes, uint Limit);
