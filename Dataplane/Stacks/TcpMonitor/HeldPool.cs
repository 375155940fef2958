using Dataplane.Native.Memory;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>Records of held bytes with their slabs;
/// the search trees and lists of all streams of a worker.</summary>
/// <remarks>
/// A tree's runs do not overlap. Insertion and search take O(log n) of the runs held (expected;
/// priorities come
/// from a seeded generator, so senders cannot shape the tree); appending behind the last run takes O(1).
/// </remarks>
public sealed class HeldPool : IDisposable
{
    private readonly NativeArray<HeldBytes> _items;
    private readonly SlabPool _slabs;
    private uint _free;
    private uint _random;

    public HeldPool(uint countMax, uint capBytes, uint seed)
    {
        _items = new NativeArray<HeldBytes>(countMax);
        _slabs = new SlabPool(capBytes);
        _random = seed | 1;
        _free = SlabPool.None;
        for (uint i = countMax; i-- > 0;)
        {
            _items[i].Next = _free;
            _free = i;
        }
    }

    /// <summary>Bytes of slabs in use.</summary>
    public uint UsedBytes => _slabs.UsedBytes;

    /// <summary>Memory of slabs and records.</summary>
    public ulong MemoryBytes => _slabs.MemoryBytes + _items.Bytes;

    /// <summary>Requests that found no slab or no record.</summary>
    public ulong RefusedCount { get; private set; }

    /// <summary>True when a packet's worth of bytes certainly finds slabs and records.</summary>
    public bool HasRoomFor(uint bytes) => _free != SlabPool.None && _slabs.HasRoomFor(bytes);

    public ref HeldBytes this[uint index] => ref _items[index];

    /// <summary>The bytes of a run; empty for one that is only marked.</summary>
    public PacketBytes BytesOf(uint index)
    {
        ref HeldBytes held = ref _items[index];
        return held.Piece == SlabPool.None ? default : _slabs.Bytes(held.Piece, held.Start, held.Length);
    }

    /// <summary>False for a run whose place alone is remembered.</summary>
    public bool HasBytes(uint index) => _items[index].Piece != SlabPool.None;

    /// <summary>Bytes of the slab that a run is in.</summary>
    public uint SlabBytesOf(uint index) =>
        HasBytes(index) ? _slabs.SizeOf(_items[index].Piece) : 0;

    /// <summary>Remembers a run's place without its bytes; false when all records are in use.</summary>
    public bool TryMark(ulong offset, uint length, out uint index)
    {
        index = _free;
        if (_free == SlabPool.None)
        {
            RefusedCount++;
            return false;
        }
        TakeRecord(offset, length, SlabPool.None);
        return true;
    }

    /// <summary>Copies up to a slab of bytes; returns how many, 0 at the cap.</summary>
    public int TryCopy(ulong offset, ReadOnlySpan<byte> bytes, out uint index)
    {
        int count = Math.Min(bytes.Length, SlabPool.PieceBytesMax);
        index = _free;
        if (_free == SlabPool.None || !_slabs.TryTake(count, out uint piece))
        {
            RefusedCount++;
            return 0;
        }
        _slabs.Write(piece, 0, bytes[..count]);
        TakeRecord(offset, (uint)count, piece);
        return count;
    }

    /// <summary>Copies bytes behind those of a run as far as its slab (of the largest size) has
    /// room.</summary>
    public int Append(uint index, ReadOnlySpan<byte> bytes)
    {
        ref HeldBytes held = ref _items[index];
        uint used = held.Start + held.Length;
        int count = Math.Min(bytes.Length, (int)(SlabPool.PieceBytesMax - used));
        _slabs.Write(held.Piece, used, bytes[..count]);
        held.Length += (uint)count;
        return count;
    }

    /// <summary>Takes an empty run with a slab of the largest size; false at the cap.</summary>
    public bool TryTakeWhole(ulong offset, out uint index)
    {
        index = _free;
        if (_free == SlabPool.None || !_slabs.TryTake(SlabPool.PieceBytesMax, out uint piece))
        {
            RefusedCount++;
            return false;
        }
        TakeRecord(offset, 0, piece);
        return true;
    }

    /// <summary>The first free record holds a run of its own.</summary>
    private void TakeRecord(ulong offset, uint length, uint piece)
    {
        ref HeldBytes held = ref _items[_free];
        _free = held.Next;
        held = new HeldBytes
        {
            Offset = offset,
            Length = length,
            Piece = piece,
            Next = SlabPool.None,
            Previous = SlabPool.None,
            Left = SlabPool.None,
            Right = SlabPool.None,
        };
    }

    /// <summary>Gives a run back, which is in no tree or list any more.</summary>
    public void Free(uint index)
    {
        if (HasBytes(index))
        {
            _slabs.Free(_items[index].Piece);
        }
        _items[index].Next = _free;
        _free = index;
    }

    /// <summary>Gives a whole list back.</summary>
    public void FreeList(uint head)
    {
        while (head != SlabPool.None)
        {
            uint next = _items[head].Next;
            Free(head);
            head = next;
        }
    }

    /// <summary>The last run of a tree that starts at or before an offset.</summary>
    public uint FloorOf(uint root, ulong offset)
    {
        uint found = SlabPool.None;
        while (root != SlabPool.None)
        {
            ref HeldBytes node = ref _items[root];
            if (node.Offset <= offset)
            {
                found = root;
                root = node.Right;
            }
            else
            {
                root = node.Left;
            }
        }
        return found;
    }

    /// <summary>Puts a run, which overlaps none of the tree, into it;
    /// neighbours are linked by the caller.</summary>
    public void Insert(ref uint root, uint index)
    {
        _items[index].Priority = NextRandom();
        ulong key = _items[index].Offset;
        uint priority = _items[index].Priority;
        ref uint link = ref root;
        while (link != SlabPool.None && _items[link].Priority >= priority)
        {
            ref HeldBytes node = ref _items[link];
            link = ref key < node.Offset ? ref node.Left : ref node.Right;
        }

        // Split what hangs here into the runs before and behind the new one.
        uint below = link;
        link = index;
        ref uint before = ref _items[index].Left;
        ref uint behind = ref _items[index].Right;
        while (below != SlabPool.None)
        {
            ref HeldBytes node = ref _items[below];
            if (node.Offset < key)
            {
                before = below;
                before = ref node.Right;
                below = node.Right;
            }
            else
            {
                behind = below;
                behind = ref node.Left;
                below = node.Left;
            }
        }
        before = SlabPool.None;
        behind = SlabPool.None;
    }

    /// <summary>Takes any run out of a tree.</summary>
    public void Remove(ref uint root, uint index)
    {
        ulong key = _items[index].Offset;
        ref uint link = ref root;
        while (link != index)
        {
            ref HeldBytes node = ref _items[link];
            link = ref key < node.Offset ? ref node.Left : ref node.Right;
        }

        // Merge its two subtrees in its place.
        (uint left, uint right) = (_items[index].Left, _items[index].Right);
        while (left != SlabPool.None && right != SlabPool.None)
        {
            if (_items[left].Priority >= _items[right].Priority)
            {
                link = left;
                link = ref _items[left].Right;
                left = link;
            }
            else
            {
                link = right;
                link = ref _items[right].Left;
                right = link;
            }
        }
        link = left == SlabPool.None ? right : left;
    }

    /// <summary>Takes the first run out of a tree.</summary>
    public void RemoveFirst(ref uint root)
    {
        ref uint link = ref root;
        while (_items[link].Left != SlabPool.None)
        {
            link = ref _items[link].Left;
        }
        link = _items[link].Right;
    }

    /// <summary>Takes the last run out of a tree.</summary>
    public void RemoveLast(ref uint root)
    {
        ref uint link = ref root;
        while (_items[link].Right != SlabPool.None)
        {
            link = ref _items[link].Right;
        }
        link = _items[link].Left;
    }

    public void Dispose()
    {
        _items.Dispose();
        _slabs.Dispose();
    }

    private uint NextRandom()
    {
        _random ^= _random << 13;
        _random ^= _random >> 17;
        _random ^= _random << 5;
        return _random;
    }
}
