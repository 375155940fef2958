using Dataplane.Native.Memory;

namespace Dataplane.Inspection.Verify;

/// <summary>Holds stream bytes from their arrival until enough of them are acknowledged to be
/// inspected.</summary>
/// <remarks>One per worker. Blocks of 2 KiB from one fixed pool; when it is empty the bytes are not inspected
/// and counted.</remarks>
public sealed class StreamBlocks : IDisposable
{
    public const int BlockBytes = 2_048;

    /// <summary>The most blocks one pool can have: their numbers are 16 bits.</summary>
    public const uint BlockCountMax = ushort.MaxValue;

    /// <summary>The most bytes of one side that can wait.</summary>
    public const int PendingMax = ushort.MaxValue;

    private readonly NativeArray<byte> _bytes;
    private readonly NativeArray<uint> _next;
    private readonly uint _blockMax;
    private uint _free;
    private uint _unused;

    public StreamBlocks(uint blockMax)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockMax, BlockCountMax);
        _blockMax = blockMax;
        _bytes = new NativeArray<byte>(blockMax * BlockBytes);
        _next = new NativeArray<uint>(blockMax);
    }

    /// <summary>Bytes that found no block.</summary>
    public ulong LostBytes { get; private set; }

    /// <summary>Blocks in use.</summary>
    public uint UsedCount { get; private set; }

    /// <summary>Appends bytes, at most up to <see cref="PendingMax"/>; false when some found no
    /// place.</summary>
    public bool Append(ref StreamInspection side, ReadOnlySpan<byte> bytes)
    {
        uint used = UsedInLast(side);
        while (!bytes.IsEmpty)
        {
            if (side.LastBlock == 0 || used == BlockBytes)
            {
                if (!TryTake(out uint block))
                {
                    LostBytes += (ulong)bytes.Length;
                    return false;
                }
                Link(ref side, block);
                used = 0;
            }
            int count = Math.Min(bytes.Length, BlockBytes - (int)used);
            bytes[..count].CopyTo(_bytes.AsSpan(((side.LastBlock - 1u) * BlockBytes) + used, (uint)count));
            bytes = bytes[count..];
            side.PendingBytes += (ushort)count;
            used += (uint)count;
        }
        return true;
    }

    /// <summary>Copies the first waiting bytes out; they stay until <see cref="Remove"/>.</summary>
    public void CopyTo(in StreamInspection side, Span<byte> target) => CopyFrom(side, 0, target);

    /// <summary>Takes the first waiting bytes away. What stays is moved to the front of its blocks.</summary>
    public void Remove(ref StreamInspection side, uint count, Span<byte> scratch)
    {
        uint left = side.PendingBytes - count;
        Span<byte> rest = scratch[..(int)left];
        if (left > 0)
        {
            CopyFrom(side, count, rest);
        }
        Release(ref side);
        if (left > 0)
        {
            Append(ref side, rest);
        }
    }

    /// <summary>Gives whole blocks at the front back, as long as so many bytes stay.</summary>
    public void Trim(ref StreamInspection side, int keep)
    {
        while (side.PendingBytes - BlockBytes >= keep && side.FirstBlock != side.LastBlock)
        {
            uint block = side.FirstBlock;
            side.FirstBlock = (ushort)_next[block - 1];
            side.PendingBytes -= BlockBytes;
            _next[block - 1] = _free;
            _free = block;
            UsedCount--;
        }
    }

    /// <summary>Copies the last waiting bytes out.</summary>
    public void CopyLast(in StreamInspection side, Span<byte> target) =>
        CopyFrom(side, (uint)(side.PendingBytes - target.Length), target);

    /// <summary>Gives all blocks of a side back.</summary>
    public void Release(ref StreamInspection side)
    {
        uint block = side.FirstBlock;
        while (block != 0)
        {
            uint next = _next[block - 1];
            _next[block - 1] = _free;
            _free = block;
            UsedCount--;
            block = next;
        }
        side.FirstBlock = 0;
        side.LastBlock = 0;
        side.PendingBytes = 0;
    }

    public void Dispose()
    {
        _bytes.Dispose();
        _next.Dispose();
    }

    private static uint UsedInLast(in StreamInspection side) =>
        side.LastBlock == 0 ? 0 : ((side.PendingBytes - 1u) % BlockBytes) + 1;

    private void CopyFrom(in StreamInspection side, uint skip, Span<byte> target)
    {
        uint block = side.FirstBlock;
        for (; skip >= BlockBytes; skip -= BlockBytes)
        {
            block = _next[block - 1];
        }
        int at = 0;
        while (at < target.Length)
        {
            int count = Math.Min(target.Length - at, BlockBytes - (int)skip);
            _bytes.AsSpan(((block - 1) * BlockBytes) + skip, (uint)count).CopyTo(target[at..]);
            at += count;
            skip = 0;
            block = _next[block - 1];
        }
    }

    private bool TryTake(out uint block)
    {
        block = _free;
        if (block != 0)
        {
            _free = _next[block - 1];
        }
        else if (_unused < _blockMax)
        {
            block = ++_unused;
        }
        else
        {
            return false;
        }
        _next[block - 1] = 0;
        UsedCount++;
        return true;
    }

    private void Link(ref StreamInspection side, uint block)
    {
        if (side.LastBlock == 0)
        {
            side.FirstBlock = (ushort)block;
        }
        else
        {
            _next[side.LastBlock - 1] = block;
        }
        side.LastBlock = (ushort)block;
    }
}
