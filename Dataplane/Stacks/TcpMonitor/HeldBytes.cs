using System.Runtime.InteropServices;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>A run of stream bytes in a slab: out of order, or kept for late readers.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct HeldBytes
{
    /// <summary>Stream offset of the first byte.</summary>
    public ulong Offset;
    public uint Length;

    /// <summary>Where the bytes are (<see cref="SlabPool"/>), and from which byte of it on.</summary>
    public uint Piece;
    public uint Start;

    /// <summary>Neighbours by offset; <see cref="SlabPool.None"/> at the ends.</summary>
    public uint Next;
    public uint Previous;

    /// <summary>Children and priority in the search tree (a treap).</summary>
    public uint Left;
    public uint Right;
    public uint Priority;

    /// <summary>Bytes of its segment or fragment that lie before it and behind it: cut off, or in another
    /// run.</summary>
    public uint Lead;
    public uint Trail;

    public readonly ulong End => Offset + Length;

    /// <summary>Where the segment or fragment that brought it began and ended.</summary>
    public readonly ulong SegmentStart => Offset - Lead;

    public readonly ulong SegmentEnd => End + Trail;

    /// <summary>Takes bytes away from its beginning.</summary>
    public void CutFront(uint count)
    {
        Offset += count;
        Start += count;
        Length -= count;
        Lead += count;
    }

    /// <summary>Takes bytes away from its end.</summary>
    public void CutBack(uint count)
    {
        Length -= count;
        Trail += count;
    }
}
