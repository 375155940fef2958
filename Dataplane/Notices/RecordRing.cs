using System.Numerics;
using System.Runtime.InteropServices;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>A bounded ring of records of differing length,
/// between one worker and the notice thread.</summary>
/// <remarks>
/// A record lies in one piece: where it would wrap, the rest of the lap is skipped. What does not fit is
/// refused; counting it is the producer's duty. Nothing is allocated after construction.
/// Threads: TryBegin and Commit by the producer, TryPeek and Release by the consumer.
/// </remarks>
public sealed class RecordRing : IDisposable
{
    private const int HeadBytes = 8;
    private const uint SkipMark = uint.MaxValue;

    private readonly NativeArray<byte> _bytes;
    private readonly ulong _mask;
    private Indices _indices;

    /// <param name="capacity">Bytes, a power of two; a record may take half of it.</param>
    public RecordRing(uint capacity)
    {
        if (!BitOperations.IsPow2(capacity) || capacity < 2 * HeadBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity), capacity, "The capacity of a record ring must be a power of two.");
        }
        _bytes = new NativeArray<byte>(capacity);
        _mask = capacity - 1;
        RecordBytesMax = (int)(capacity / 2) - HeadBytes;
    }

    /// <summary>The longest record the ring takes.</summary>
    public int RecordBytesMax { get; }

    public bool IsEmpty => Volatile.Read(ref _indices.Tail) == Volatile.Read(ref _indices.Head);

    /// <summary>Room for a record of that length, to be filled and then committed;
    /// false when there is none.</summary>
    public bool TryBegin(int bytes, out Span<byte> record)
    {
        record = default;
        if ((uint)bytes > (uint)RecordBytesMax)
        {
            return false;
        }
        ulong need = Padded(bytes);
        ulong position = _indices.Tail & _mask;
        ulong untilEnd = _mask + 1 - position;
        ulong skipped = untilEnd < need ? untilEnd : 0;
        if (Free(skipped + need) < skipped + need)
        {
            return false;
        }
        if (skipped != 0)
        {
            _bytes.At<uint>((uint)position) = SkipMark;
            position = 0;
        }
        _bytes.At<uint>((uint)position) = (uint)bytes;
        record = _bytes.AsSpan((uint)position + HeadBytes, (uint)bytes);
        _indices.Begun = skipped + need;
        return true;
    }

    /// <summary>Hands the record of the last <see cref="TryBegin"/> to the consumer.</summary>
    public void Commit()
    {
        Volatile.Write(ref _indices.Tail, _indices.Tail + _indices.Begun);
        _indices.Begun = 0;
    }

    /// <summary>The oldest record, in place, until <see cref="Release"/>;
    /// false when the ring is empty.</summary>
    public bool TryPeek(out ReadOnlySpan<byte> record)
    {
        record = default;
        ulong head = _indices.Head;
        if (head == _indices.TailSeenByConsumer)
        {
            _indices.TailSeenByConsumer = Volatile.Read(ref _indices.Tail);
            if (head == _indices.TailSeenByConsumer)
            {
                return false;
            }
        }
        uint bytes = _bytes.At<uint>((uint)(head & _mask));
        ulong skipped = 0;
        if (bytes == SkipMark)
        {
            skipped = _mask + 1 - (head & _mask);
            head += skipped;
            bytes = _bytes.At<uint>((uint)(head & _mask));
        }
        record = _bytes.AsSpan((uint)(head & _mask) + HeadBytes, bytes);
        _indices.Peeked = skipped + Padded((int)bytes);
        return true;
    }

    /// <summary>Gives the room of the record last peeked at back.</summary>
    public void Release()
    {
        Volatile.Write(ref _indices.Head, _indices.Head + _indices.Peeked);
        _indices.Peeked = 0;
    }

    public void Dispose() => _bytes.Dispose();

    private static ulong Padded(int bytes) =>
        ((ulong)bytes + HeadBytes + HeadBytes - 1) & ~(ulong)(HeadBytes - 1);

    // The consumer's index is read only when the one seen last says too little.
    private ulong Free(ulong wanted)
    {
        ulong free = _mask + 1 - (_indices.Tail - _indices.HeadSeenByProducer);
        if (free < wanted)
        {
            _indices.HeadSeenByProducer = Volatile.Read(ref _indices.Head);
            free = _mask + 1 - (_indices.Tail - _indices.HeadSeenByProducer);
        }
        return free;
    }

    /// <summary>Producer's and consumer's indices, two cache lines apart.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 384)]
    private struct Indices
    {
        [FieldOffset(128)]
        public ulong Tail;

        [FieldOffset(136)]
        public ulong HeadSeenByProducer;

        [FieldOffset(144)]
        public ulong Begun;

        [FieldOffset(256)]
        public ulong Head;

        [FieldOffset(264)]
        public ulong TailSeenByConsumer;

        [FieldOffset(272)]
        public ulong Peeked;
    }
}
