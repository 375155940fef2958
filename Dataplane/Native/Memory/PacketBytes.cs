using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Dataplane.Native.Memory;

/// <summary>A view of bytes in a packet buffer: address and length, always read inside its bounds.</summary>
/// <remarks>
/// Budget:   one predicted compare per read, 16 bytes.
/// Threads:  those that hold a count of the buffer.
/// Lifetime: the buffer's; only types of this project can make one, from memory that they know.
/// </remarks>
public readonly unsafe struct PacketBytes
{
    private readonly byte* _start;
    private readonly uint _length;

    internal PacketBytes(void* start, uint length)
    {
        _start = (byte*)start;
        _length = length;
    }

    public int Length => (int)_length;

    public bool IsEmpty => _length == 0;

    /// <summary>For comparing and logging; nobody outside this project can read through it.</summary>
    public nuint Address => (nuint)_start;

    // SAFETY: the maker vouched for _length bytes from _start for as long as the buffer is held.
    public Span<byte> Span => new(_start, (int)_length);

    public byte this[int offset]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Check(offset, sizeof(byte));
            return _start[offset];
        }
    }

    public PacketBytes Slice(int start) => Slice(start, (int)_length - start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PacketBytes Slice(int start, int length)
    {
        // Both widened, so that no sum of two hostile ints wraps.
        if ((ulong)(uint)start + (uint)length > _length)
        {
            ThrowOutside(start);
        }
        return new PacketBytes(_start + start, (uint)length);
    }

    /// <summary>Network byte order, any alignment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ushort ReadUInt16(int offset)
    {
        Check(offset, sizeof(ushort));
        return BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ushort>(_start + offset));
    }

    /// <summary>Network byte order, any alignment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint ReadUInt32(int offset)
    {
        Check(offset, sizeof(uint));
        return BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<uint>(_start + offset));
    }

    /// <summary>Network byte order, any alignment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadUInt64(int offset)
    {
        Check(offset, sizeof(ulong));
        return BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(_start + offset));
    }

    /// <summary>The bytes as they lie, little end first: for hashing and comparing only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T ReadRaw<T>(int offset)
        where T : unmanaged
    {
        Check(offset, sizeof(T));
        return Unsafe.ReadUnaligned<T>(_start + offset);
    }

    /// <summary>A structure that lies in the bytes, at any alignment: one check for all its fields.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly T View<T>(int offset)
        where T : unmanaged
    {
        Check(offset, sizeof(T));
        return ref Unsafe.AsRef<T>(_start + offset);
    }

    public void WriteUInt16(int offset, ushort value)
    {
        Check(offset, sizeof(ushort));
        Unsafe.WriteUnaligned(_start + offset, BinaryPrimitives.ReverseEndianness(value));
    }

    public void WriteUInt32(int offset, uint value)
    {
        Check(offset, sizeof(uint));
        Unsafe.WriteUnaligned(_start + offset, BinaryPrimitives.ReverseEndianness(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch()
    {
        if (Sse.IsSupported)
        {
            // SAFETY: a prefetch never faults, whatever the address.
            Sse.Prefetch0(_start);
        }
    }

    /// <summary>Asks for the cache line of an offset; any is harmless.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int offset)
    {
        if (Sse.IsSupported)
        {
            // SAFETY: a prefetch never faults, whatever the address.
            Sse.Prefetch0(_start + offset);
        }
    }

    // SAFETY of every read above: offset is not negative and offset + bytes <= _length.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Check(int offset, int bytes)
    {
        if ((ulong)(uint)offset + (uint)bytes > _length)
        {
            ThrowOutside(offset);
        }
    }

    [DoesNotReturn]
    private void ThrowOutside(int offset) =>
        throw new ArgumentOutOfRangeException(
            nameof(offset), offset, $"The packet bytes end at {_length}; check the length before reading.");
}
