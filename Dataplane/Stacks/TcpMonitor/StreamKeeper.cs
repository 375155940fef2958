using Dataplane.Events;
using Dataplane.Native.Memory;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>Keeps delivered bytes of streams for late readers and for verification (engine §5).</summary>
/// <remarks>
/// Two lists a stream: the beginning (<c>first N</c>, <c>from N</c>; at most
/// <see cref="StreamKeep.BytesMax"/>)
/// and the newest bytes (<c>last N</c>). At the slab cap bytes are not kept, which is counted.
/// </remarks>
public sealed class StreamKeeper(HeldPool pool)
{
    /// <summary>Bytes that were to be kept and found no slab.</summary>
    public ulong MissedBytes { get; private set; }

    /// <summary>Keeps what the stream's range asks for of bytes that begin at
    /// <paramref name="offset"/>.</summary>
    public void Append(ref TcpStream stream, ulong offset, ReadOnlySpan<byte> bytes)
    {
        KeptRange keep = stream.Keep;
        if (keep.First != 0 || keep.From != ulong.MaxValue)
        {
            ulong end = keep.From == ulong.MaxValue ? keep.First : ulong.MaxValue;
            ulong start = keep.First != 0 && offset < keep.First ? 0 : Math.Min(keep.From, end);
            ReadOnlySpan<byte> part = Clip(offset, bytes, start, end);
            int room = (int)(StreamKeep.BytesMax - Math.Min(stream.EarlyBytes, StreamKeep.BytesMax));
            part = part[..Math.Min(part.Length, room)];
            if (part.Length != 0)
            {
                Add(ref stream.EarlyFirst, ref stream.EarlyLast, ref stream.EarlyBytes,
                    Math.Max(offset, start), part);
            }
        }
        if (keep.Last != 0)
        {
            int skip = Math.Max(0, bytes.Length - (int)keep.Last);
            Add(ref stream.LateFirst, ref stream.LateLast, ref stream.LateBytes, offset + (uint)skip,
                bytes[skip..]);
        }
    }

    /// <summary>Gives back what is older than the range asks for.</summary>
    public void Trim(ref TcpStream stream)
    {
        while (stream.LateFirst != SlabPool.None
            && (stream.Keep.Last == 0
            || stream.LateBytes - pool[stream.LateFirst].Length >= stream.Keep.Last))
        {
            uint oldest = stream.LateFirst;
            stream.LateBytes -= pool[oldest].Length;
            stream.LateFirst = pool[oldest].Next;
            pool.Free(oldest);
            if (stream.LateFirst == SlabPool.None)
            {
                stream.LateLast = SlabPool.None;
                break;
            }
            pool[stream.LateFirst].Previous = SlabPool.None;
        }
        if (stream.EarlyFirst != SlabPool.None && stream.Keep.First == 0
            && stream.Keep.From == ulong.MaxValue)
        {
            pool.FreeList(stream.EarlyFirst);
            stream.EarlyFirst = stream.EarlyLast = SlabPool.None;
            stream.EarlyBytes = 0;
        }
    }

    /// <summary>Takes back what was kept from an offset on: the packet that brought it was dropped.</summary>
    public void Truncate(ref TcpStream stream, ulong offset)
    {
        Cut(ref stream.EarlyFirst, ref stream.EarlyLast, ref stream.EarlyBytes, offset);
        Cut(ref stream.LateFirst, ref stream.LateLast, ref stream.LateBytes, offset);
    }

    /// <summary>Gives everything of a stream back.</summary>
    public void Release(ref TcpStream stream)
    {
        pool.FreeList(stream.EarlyFirst);
        pool.FreeList(stream.LateFirst);
        stream.EarlyFirst = stream.EarlyLast = stream.LateFirst = stream.LateLast = SlabPool.None;
        stream.EarlyBytes = stream.LateBytes = 0;
    }

    /// <summary>The first kept run that ends behind an offset: its part from there on,
    /// and where that begins.</summary>
    public bool TryFind(ref readonly TcpStream stream, ulong offset, out ulong start, out PacketBytes bytes)
    {
        bool isEarly = TryFindIn(stream.EarlyFirst, offset, out start, out bytes);
        if ((!isEarly || start > offset)
            && TryFindIn(stream.LateFirst, offset, out ulong late, out PacketBytes newer)
            && (!isEarly || late < start))
        {
            (start, bytes) = (late, newer);
            return true;
        }
        return isEarly;
    }

    /// <summary>Copies kept bytes [from, to) as far as they are there without a gap;
    /// returns how many.</summary>
    public int Copy(ref readonly TcpStream stream, ulong from, ulong to, Span<byte> target)
    {
        int copied = 0;
        int wanted = (int)Math.Min(to > from ? to - from : 0, (ulong)target.Length);
        while (copied < wanted
            && TryFind(in stream, from + (uint)copied, out ulong start, out PacketBytes bytes)
            && start == from + (uint)copied)
        {
            int count = Math.Min(wanted - copied, bytes.Length);
            bytes.Span[..count].CopyTo(target[copied..]);
            copied += count;
        }
        return copied;
    }

    private static ReadOnlySpan<byte> Clip(ulong offset, ReadOnlySpan<byte> bytes, ulong start, ulong end)
    {
        int from = (int)Math.Min(start > offset ? start - offset : 0, (ulong)bytes.Length);
        int to = (int)Math.Min(end > offset ? end - offset : 0, (ulong)bytes.Length);
        return from < to ? bytes[from..to] : default;
    }

    private bool TryFindIn(uint index, ulong offset, out ulong start, out PacketBytes bytes)
    {
        while (index != SlabPool.None && pool[index].End <= offset)
        {
            index = pool[index].Next;
        }
        if (index == SlabPool.None)
        {
            (start, bytes) = (0, default);
            return false;
        }
        bytes = pool.BytesOf(index);
        start = Math.Max(offset, pool[index].Offset);
        bytes = bytes.Slice((int)(start - pool[index].Offset));
        return true;
    }

    private void Add(ref uint first, ref uint last, ref uint total, ulong offset, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length != 0)
        {
            bool continues = last != SlabPool.None && pool[last].End == offset;
            int count = continues ? pool.Append(last, bytes) : 0;
            if (count == 0)
            {
                if (!pool.TryTakeWhole(offset, out uint fresh))
                {
                    MissedBytes += (uint)bytes.Length;
                    return;
                }
                if (last == SlabPool.None)
                {
                    first = fresh;
                }
                else
                {
                    pool[last].Next = fresh;
                    pool[fresh].Previous = last;
                }
                last = fresh;
                continue;
            }
            offset += (uint)count;
            total += (uint)count;
            bytes = bytes[count..];
        }
    }

    private void Cut(ref uint first, ref uint last, ref uint total, ulong offset)
    {
        while (last != SlabPool.None && pool[last].End > offset)
        {
            ref HeldBytes held = ref pool[last];
            uint remaining = held.Offset < offset ? (uint)(offset - held.Offset) : 0;
            total -= held.Length - remaining;
            held.Length = remaining;
            if (remaining != 0)
            {
                return;
            }
            uint gone = last;
            last = held.Previous;
            first = last == SlabPool.None ? SlabPool.None : first;
            if (last != SlabPool.None)
            {
                pool[last].Next = SlabPool.None;
            }
            pool.Free(gone);
        }
    }
}
