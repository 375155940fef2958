using System.Numerics;
using Dataplane.Native.Memory;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>Memory for bytes that must outlive their burst: pieces of 64, 256,
/// 1,024 or 2,048 bytes under a cap.</summary>
/// <remarks>
/// Blocks of 2,048 bytes are cut into pieces of one size and made whole again when all are back. Pieces are
/// named by number (64-byte units). One worker's;
/// nothing is allocated on the managed heap after construction.
/// </remarks>
public sealed class SlabPool : IDisposable
{
    /// <summary>Largest piece; longer runs of bytes take several.</summary>
    public const int PieceBytesMax = 2048;

    /// <summary>Stands for "no piece".</summary>
    public const uint None = uint.MaxValue;

    private const int UnitBytes = 64;
    private const int UnitsPerBlock = PieceBytesMax / UnitBytes;
    private const int Classes = 4;
    private readonly NativeArray<byte> _memory;
    private readonly NativeArray<Block> _blocks;
    private readonly uint[] _partial = new uint[Classes];
    private uint _freeBlocks;
    private uint _freeBlockCount;

    /// <summary>A pool of at most <paramref name="capBytes"/>, rounded down to whole blocks.</summary>
    public SlabPool(uint capBytes)
    {
        uint count = Math.Max(capBytes / PieceBytesMax, 1);
        _memory = new NativeArray<byte>(count * PieceBytesMax, MemoryPages.Huge);
        _blocks = new NativeArray<Block>(count);
        Array.Fill(_partial, None);
        _freeBlocks = None;
        _freeBlockCount = count;
        for (uint block = count; block-- > 0;)
        {
            _blocks[block].Next = _freeBlocks;
            _freeBlocks = block;
        }
    }

    /// <summary>Bytes of pieces that are taken.</summary>
    public uint UsedBytes { get; private set; }

    /// <summary>Memory of the pool.</summary>
    public ulong MemoryBytes => _memory.Bytes + _blocks.Bytes;

    /// <summary>Requests that found no memory.</summary>
    public ulong RefusedCount { get; private set; }

    /// <summary>True when whole blocks for so many bytes are free.</summary>
    public bool HasRoomFor(uint bytes) => (ulong)_freeBlockCount * PieceBytesMax >= bytes;

    /// <summary>Bytes a piece for so many has; the largest size for more.</summary>
    public static uint SizeFor(int bytes) => Size(ClassFor(bytes));

    /// <summary>Takes a piece with room for <paramref name="bytes"/> (or the largest);
    /// false at the cap.</summary>
    public bool TryTake(int bytes, out uint piece)
    {
        int sizeClass = ClassFor(bytes);
        uint block = _partial[sizeClass];
        if (block == None)
        {
            block = _freeBlocks;
            if (block == None)
            {
                RefusedCount++;
                piece = None;
                return false;
            }
            _freeBlocks = _blocks[block].Next;
            _freeBlockCount--;
            ref Block fresh = ref _blocks[block];
            fresh.Class = (byte)sizeClass;
            fresh.Free = FullMask(sizeClass);
            Link(block, sizeClass);
        }
        ref Block taken = ref _blocks[block];
        int index = BitOperations.TrailingZeroCount(taken.Free);
        taken.Free &= taken.Free - 1;
        if (taken.Free == 0)
        {
            Unlink(block, sizeClass);
        }
        UsedBytes += Size(sizeClass);
        piece = (block * UnitsPerBlock) + ((uint)index * (Size(sizeClass) / UnitBytes));
        return true;
    }

    /// <summary>Gives a piece back.</summary>
    public void Free(uint piece)
    {
        uint block = piece / UnitsPerBlock;
        ref Block owner = ref _blocks[block];
        int sizeClass = owner.Class;
        uint size = Size(sizeClass);
        bool wasFull = owner.Free == 0;
        owner.Free |= 1u << (int)(piece % UnitsPerBlock / (size / UnitBytes));
        UsedBytes -= size;
        if (owner.Free == FullMask(sizeClass))
        {
            if (!wasFull)
            {
                Unlink(block, sizeClass);
            }
            owner.Next = _freeBlocks;
            _freeBlocks = block;
            _freeBlockCount++;
        }
        else if (wasFull)
        {
            Link(block, sizeClass);
        }
    }

    /// <summary>How many bytes a piece has room for.</summary>
    public uint SizeOf(uint piece) => Size(_blocks[piece / UnitsPerBlock].Class);

    /// <summary>The bytes of a piece.</summary>
    public PacketBytes Bytes(uint piece, uint start, uint count) =>
        _memory.Bytes((piece * UnitBytes) + start, count);

    /// <summary>Copies bytes into a piece.</summary>
    public void Write(uint piece, uint start, ReadOnlySpan<byte> bytes) =>
        bytes.CopyTo(_memory.AsSpan((piece * UnitBytes) + start, (uint)bytes.Length));

    public void Dispose()
    {
        _memory.Dispose();
        _blocks.Dispose();
    }

    private static int ClassFor(int bytes) => bytes switch
    {
        <= 64 => 0,
        <= 256 => 1,
        <= 1024 => 2,
        _ => 3,
    };

    private static uint Size(int sizeClass) => sizeClass switch
    {
        0 => 64,
        1 => 256,
        2 => 1024,
        _ => PieceBytesMax,
    };

    private static uint FullMask(int sizeClass) => sizeClass switch
    {
        0 => uint.MaxValue,
        1 => 0xFF,
        2 => 0b11,
        _ => 0b1,
    };

    private void Link(uint block, int sizeClass)
    {
        ref Block added = ref _blocks[block];
        added.Previous = None;
        added.Next = _partial[sizeClass];
        if (added.Next != None)
        {
            _blocks[added.Next].Previous = block;
        }
        _partial[sizeClass] = block;
    }

    private void Unlink(uint block, int sizeClass)
    {
        ref Block removed = ref _blocks[block];
        if (removed.Previous == None)
        {
            _partial[sizeClass] = removed.Next;
        }
        else
        {
            _blocks[removed.Previous].Next = removed.Next;
        }
        if (removed.Next != None)
        {
            _blocks[removed.Next].Previous = removed.Previous;
        }
    }

    private struct Block
    {
        public uint Next;
        public uint Previous;
        public uint Free;
        public byte Class;
    }
}
