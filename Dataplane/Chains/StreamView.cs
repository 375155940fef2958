using Dataplane.Packets;
using Dataplane.Stacks;

namespace Dataplane.Chains;

/// <summary>The byte streams of the flow at hand, as an NF on the flow's worker may look into them.</summary>
/// <remarks>Valid until the handler returns. A side is put together where a subscription asks for its
/// DATA_RDY.</remarks>
/// <param name="streams">Where they are.</param>
/// <param name="slot">The flow's slot.</param>
/// <param name="shared">Sides that other NFs read, too.</param>
public readonly ref struct StreamView(IStreamView streams, uint slot, SharedSides shared)
{
    /// <summary>Copies what comes next for a reader and moves its cursor, which the NF keeps in its per-flow
    /// state and begins at 0.</summary>
    /// <param name="side">Who sent the bytes.</param>
    /// <param name="cursor">Offset of the next byte to read; moved behind what was read or lost.</param>
    /// <param name="target">Where to.</param>
    /// <param name="lost">Bytes that were no longer at hand and are skipped.</param>
    /// <returns>How many bytes were copied; bytes behind a hole are not read before it is filled or
    /// announced.</returns>
    public int Peek(Side side, ref ulong cursor, Span<byte> target, out ulong lost)
    {
        StreamBuffer buffer = streams.BufferOf(slot, side);
        lost = 0;
        if (cursor < buffer.Oldest)
        {
            lost = buffer.Oldest - cursor;
            cursor = buffer.Oldest;
        }
        ulong ready = buffer.Next > cursor ? buffer.Next - cursor : 0;
        int most = (int)Math.Min(ready, (ulong)target.Length);
        int count = streams.PeekAt(slot, side, cursor, target[..most]);
        cursor += (uint)count;
        return count;
    }

    /// <summary>Copies bytes from any offset, also beyond holes, as far as they are at hand without a gap;
    /// answers how many.</summary>
    public int PeekAt(Side side, ulong offset, Span<byte> target) =>
        streams.PeekAt(slot, side, offset, target);

    /// <summary>The runs of bytes at hand, in order; answers how many of them were written.</summary>
    public int Ranges(Side side, Span<StreamRange> target) => streams.Ranges(slot, side, target);

    /// <summary>Where a side's buffer stands.</summary>
    public StreamBuffer Buffer(Side side) => streams.BufferOf(slot, side);

    /// <summary>Keeps at least the newest bytes of a side from now on (at most 64 KiB, under the pool's cap);
    /// answers how many that will be.</summary>
    public uint SetBuffer(Side side, uint bytes) => streams.SetBuffer(slot, side, bytes);

    /// <summary>Says how much is to be kept of bytes that come before their turn, for the current
    /// connection's side; answers the kind in force: Data, whatever was asked, where another NF reads the
    /// side, too.</summary>
    public StreamBuffering SetBuffering(Side side, StreamBuffering kind) => streams.SetBuffering(
        slot, side,
        (shared & (side == Side.Client ? SharedSides.Client : SharedSides.Server)) == 0
            ? kind
            : StreamBuffering.Data);
}

/// <summary>Sides of a flow whose bytes several NFs read.</summary>
[Flags]
public enum SharedSides : byte
{
    None = 0,
    Client = 1,
    Server = 2,
}
