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

    public readonly ulong End => Offset + Length;
}
