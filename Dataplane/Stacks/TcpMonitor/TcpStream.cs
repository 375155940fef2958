using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>Where the reassembly of one direction stands.
/// Offsets count from the stream's first byte.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
public struct TcpStream
{
    /// <summary>Offset of the next byte to deliver, and its sequence number.</summary>
    public ulong Next;
    public uint NextSequence;

    /// <summary>Runs that wait behind a hole: search tree, first and last by offset.</summary>
    public uint Root;
    public uint First;
    public uint Last;

    /// <summary>Slab bytes of those runs.</summary>
    public uint HeldSlabBytes;

    /// <summary>Runs kept from the beginning, and the newest ones.</summary>
    public uint EarlyFirst;
    public uint EarlyLast;
    public uint LateFirst;
    public uint LateLast;
    public uint EarlyBytes;
    public uint LateBytes;

    /// <summary>Counts restarts of the offsets.</summary>
    public ushort Epoch;

    public TcpStreamFlags Flags;

    /// <summary>Who sends these bytes.</summary>
    public Side Side;

    /// <summary>Which of two overlapping segments keeps its bytes.</summary>
    public OverlapPolicy Policy;

    /// <summary>The newest bytes that an NF asked to keep at run time.</summary>
    public uint BufferBytes;

    /// <summary>Every byte before this offset was acknowledged by the receiver.</summary>
    public ulong Acknowledged;

    /// <summary>Where the FIN stands, with <see cref="TcpStreamFlags.HasEnd"/>.</summary>
    public ulong End;

    /// <summary>What is kept for late readers; see <see cref="KeepAs"/>.</summary>
    public KeptRange Keep { get; private set; }

    /// <summary>True when nothing waits behind a hole and nothing is kept.</summary>
    public readonly bool IsPlain => First == SlabPool.None && (Flags & TcpStreamFlags.Keeps) == 0;

    /// <summary>True when a segment begins with the next byte, nothing waits behind a hole, and no end was
    /// seen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsInTurn(in TcpSegment segment) =>
        First == SlabPool.None && segment.DataSequence == NextSequence && !segment.HasFin
        && (Flags & TcpStreamFlags.HasEnd) == 0;

    /// <summary>Says what is kept from now on.</summary>
    public void KeepAs(KeptRange range)
    {
        Keep = range;
        Flags = range.IsNone ? Flags & ~TcpStreamFlags.Keeps : Flags | TcpStreamFlags.Keeps;
    }

    /// <summary>Offset of a sequence number, reckoned from the next byte;
    /// may lie before it (wraps below 0).</summary>
    public readonly long DistanceTo(uint sequence) => SequenceNumber.Distance(NextSequence, sequence);

    /// <summary>Goes back to an offset that is not behind <see cref="Next"/>.</summary>
    public void MoveBack(ulong offset)
    {
        NextSequence = unchecked(NextSequence - (uint)(Next - offset));
        Next = offset;
    }

    /// <summary>Moves on to an offset that is not before <see cref="Next"/>.</summary>
    public void MoveTo(ulong offset)
    {
        NextSequence = unchecked(NextSequence + (uint)(offset - Next));
        Next = offset;
    }
}

/// <summary>Facts of a stream that fit in a bit.</summary>
[Flags]
public enum TcpStreamFlags : byte
{
    None = 0,

    /// <summary>A FIN was seen; <c>End</c> holds.</summary>
    HasEnd = 1,

    /// <summary>DATA_RDY/EOF was said.</summary>
    EndSaid = 2,

    /// <summary>A byte was delivered.</summary>
    HasData = 4,

    /// <summary>The next event carries the new-epoch flag.</summary>
    NewEpoch = 8,

    /// <summary>Of what comes early the place is remembered, not the bytes.</summary>
    MapOnly = 16,

    /// <summary>DATA_RDY/DEPTH_REACHED was said: no further bytes are announced.</summary>
    DepthReached = 32,

    /// <summary>Something is kept: a bit beside the first fields, since each packet asks.</summary>
    Keeps = 64,

    /// <summary>Nothing waits: the first hole before a segment is given up at once.</summary>
    Unheld = 128,

    /// <summary>What readers chose: a dropped packet does not take it back.</summary>
    Chosen = Keeps | MapOnly | Unheld,
}
