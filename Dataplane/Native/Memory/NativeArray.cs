using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Dataplane.Native.Memory;

/// <summary>
/// A fixed block of cache-aligned, zeroed memory the garbage collector neither sees nor moves.
/// </summary>
/// <remarks>
/// Budget:   one predicted compare per index, 0 bytes allocated after start.
/// Threads:  one writer; others read only what was handed to them.
/// Lifetime: made at start-up, disposed after its worker has stopped.
/// </remarks>
public sealed unsafe class NativeArray<T> : IDisposable
    where T : unmanaged
{
    private const int CacheLineBytes = 64;
    private readonly NativeBlock _block;
    private T* _items;
    private uint _length;

    public NativeArray(uint length, MemoryPages pages = MemoryPages.Normal)
    {
        _block = NativeBlock.Allocate(length * (nuint)sizeof(T), pages);
        _items = (T*)_block.Start;
        _length = length;
    }

    public uint Length => _length;

    /// <summary>Bytes of all elements.</summary>
    public ulong Bytes => _length * (ulong)sizeof(T);

    /// <summary>Whether reserved 2 MiB pages back the array.</summary>
    public bool HasReservedHugePages => _block.HasReservedHugePages;

    public ref T this[uint index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            // Kept in release builds: one predicted compare against overwriting another flow.
            if (index >= _length)
            {
                ThrowOutOfRange(index);
            }

            // SAFETY: index < _length, and Dispose sets _length to 0 before it frees _items.
            return ref _items[index];
        }
    }

    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref this[(uint)index]; // a negative index becomes a huge one and is refused
    }

    /// <summary>Asks for the cache line at <paramref name="index"/>; any index is harmless.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint index)
    {
        if (Sse.IsSupported)
        {
            // SAFETY: a prefetch never faults, whatever the address.
            Sse.Prefetch0(_items + index);
        }
    }

    /// <summary>Asks for the element's cache line and the next one.</summary>
    public void PrefetchTwoLines(uint index)
    {
        if (Sse.IsSupported)
        {
            // SAFETY: a prefetch never faults, whatever the address.
            Sse.Prefetch0(_items + index);
            Sse.Prefetch0((byte*)(_items + index) + CacheLineBytes);
        }
    }

    public Span<T> AsSpan() => AsSpan(0, _length);

    public Span<T> AsSpan(uint start, uint count)
    {
        if (start > _length || count > _length - start || count > int.MaxValue)
        {
            ThrowOutOfRange(start + (ulong)count);
        }

        // SAFETY: start + count <= _length was just checked without overflow.
        return new Span<T>(_items + start, (int)count);
    }

    public void Clear() => AsSpan().Clear();

    public void Dispose()
    {
        if (_items == null)
        {
            return;
        }
        _length = 0;
        _items = null;
        _block.Free();
    }

    /// <summary>The address of one element, for types of this project that keep it beside a length.</summary>
    internal T* AddressOf(uint index)
    {
        if (index >= _length)
        {
            ThrowOutOfRange(index);
        }

        // SAFETY: as the indexer.
        return _items + index;
    }

    [DoesNotReturn]
    private void ThrowOutOfRange(ulong index) =>
        throw new ArgumentOutOfRangeException(
            nameof(index), index, $"The native array has {_length} elements; use an index below that.");
}
