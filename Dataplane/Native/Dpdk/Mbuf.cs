using System.Runtime.CompilerServices;
using Dataplane.Native.Memory;

namespace Dataplane.Native.Dpdk;

/// <summary>
/// A view of one DPDK packet buffer (rte_mbuf); the shim refuses to compile for another layout.
/// </summary>
/// <remarks>
/// Budget:   8 bytes; every property is one load.
/// Threads:  the one that owns the buffer.
/// Lifetime: from receiving or allocating to sending or freeing; nobody outside this project can forge one.
/// </remarks>
public readonly unsafe struct Mbuf
{
    private const int DataOffsetAt = 16;
    private const int PacketLengthAt = 36;
    private const int DataLengthAt = 40;
    private const int BufferLengthAt = 54;
    private const int StructureBytes = 128;

    private readonly byte* _start;

    internal Mbuf(nint address) => _start = (byte*)address;

    public bool IsNull => _start == null;

    /// <summary>The packet's bytes: one segment, because the shim makes every packet whole.</summary>
    public PacketBytes Data
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Buffer + *(ushort*)(_start + DataOffsetAt), *(ushort*)(_start + DataLengthAt));
    }

    /// <summary>The number that the buffer has in its pool.</summary>
    public uint Index
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => *(uint*)(_start + StructureBytes + Mempool.IndexOffset);
    }

    internal nint Address => (nint)_start;

    private byte* Buffer => *(byte**)_start;

    /// <summary>A structure in the buffer's private area, of which Mempool.PrivateBytes exist.</summary>
    public ref T Private<T>(int offset)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(
            (ulong)(uint)offset + (uint)sizeof(T), (ulong)Mempool.PrivateBytes, nameof(offset));

        // SAFETY: the private area lies behind the structure in every buffer of our pools, and offset is
        // inside it.
        return ref *(T*)(_start + StructureBytes + offset);
    }

    /// <summary>
    /// Makes the packet these bytes, if they lie in this buffer; how a changed length is sent.
    /// </summary>
    public bool TrySetData(PacketBytes data)
    {
        nuint start = data.Address - (nuint)Buffer; // wraps for an address below, which is then too large
        nuint room = *(ushort*)(_start + BufferLengthAt);
        if (start > room || (uint)data.Length > room - start)
        {
            return false;
        }
        *(ushort*)(_start + DataOffsetAt) = (ushort)start;
        SetLength(data.Length);
        return true;
    }

    /// <summary>Says how long the packet is that was written from the start of the data on.</summary>
    public void SetLength(int length)
    {
        int room = *(ushort*)(_start + BufferLengthAt) - *(ushort*)(_start + DataOffsetAt);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)room);
        *(uint*)(_start + PacketLengthAt) = (uint)length;
        *(ushort*)(_start + DataLengthAt) = (ushort)length;
    }
}
