using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dataplane.Native.Memory;

/// <summary>A bounded ring between exactly one producer thread and one consumer thread.</summary>
/// <remarks>
/// Enqueue takes what fits and says how many; counting the rest is the producer's duty.
/// Budget:   one release store per burst on each side; 0 bytes allocated after start.
/// Threads:  Enqueue* by the producer, Dequeue* by the consumer, Count by anyone (a moment's value).
/// Lifetime: disposed after both threads have let go.
/// </remarks>
public sealed class SpscRing<T> : IDisposable
    where T : unmanaged
{
    private readonly NativeArray<T> _items;
    private readonly uint _mask;
    private RingIndices _indices;

    /// <param name="capacity">A power of two; all of it can be used.</param>
    public SpscRing(uint capacity)
    {
        if (!BitOperations.IsPow2(capacity) || capacity > 1u << 30)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity), capacity, "The capacity of a ring must be a power of two up to 2^30.");
        }
        _items = new NativeArray<T>(capacity);
        _mask = capacity - 1;
    }

    public int Capacity => (int)(_mask + 1);

    public int Count => (int)(Volatile.Read(ref _indices.Tail) - Volatile.Read(ref _indices.Head));

    /// <summary>Appends the first items that fit and answers how many that were.</summary>
    public int Enqueue(ReadOnlySpan<T> burst)
    {
        uint tail = _indices.Tail;
        uint count = Math.Min((uint)burst.Length, Free(tail, (uint)burst.Length));
        if (count == 0)
        {
            return 0;
        }
        uint start = tail & _mask;
        uint first = Math.Min(count, _mask + 1 - start);
        burst[..(int)first].CopyTo(_items.AsSpan(start, first));
        burst[(int)first..(int)count].CopyTo(_items.AsSpan(0, count - first));
        Volatile.Write(ref _indices.Tail, tail + count);
        return (int)count;
    }

    /// <summary>Appends one item, or answers that the ring is full.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnqueue(in T item)
    {
        uint tail = _indices.Tail;
        if (Free(tail, 1) == 0)
        {
            return false;
        }
        _items[tail & _mask] = item;
        Volatile.Write(ref _indices.Tail, tail + 1);
        return true;
    }

    /// <summary>Moves up to the span's length out of the ring and answers how many items that were.</summary>
    public int Dequeue(Span<T> burst)
    {
        uint head = _indices.Head;
        uint count = Math.Min((uint)burst.Length, Filled(head, (uint)burst.Length));
        if (count == 0)
        {
            return 0;
        }
        uint start = head & _mask;
        uint first = Math.Min(count, _mask + 1 - start);
        _items.AsSpan(start, first).CopyTo(burst);
        _items.AsSpan(0, count - first).CopyTo(burst[(int)first..]);
        Volatile.Write(ref _indices.Head, head + count);
        return (int)count;
    }

    /// <summary>Takes one item, or answers that the ring is empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryDequeue(out T item)
    {
        uint head = _indices.Head;
        if (Filled(head, 1) == 0)
        {
            item = default;
            return false;
        }
        item = _items[head & _mask];
        Volatile.Write(ref _indices.Head, head + 1);
        return true;
    }

    public void Dispose() => _items.Dispose();

    // The peer's index is read only when the cached one says too little: one cache miss per lap, not per
    // burst.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Free(uint tail, uint wanted)
    {
        uint free = _mask + 1 - (tail - _indices.HeadSeenByProducer);
        if (free < wanted)
        {
            _indices.HeadSeenByProducer = Volatile.Read(ref _indices.Head);
            free = _mask + 1 - (tail - _indices.HeadSeenByProducer);
        }
        return free;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint Filled(uint head, uint wanted)
    {
        uint filled = _indices.TailSeenByConsumer - head;
        if (filled < wanted)
        {
            _indices.TailSeenByConsumer = Volatile.Read(ref _indices.Tail);
            filled = _indices.TailSeenByConsumer - head;
        }
        return filled;
    }
}
