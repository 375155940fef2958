using System.Numerics;
using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;

namespace Dataplane.Stacks.Layer23;

/// <summary>Puts IPv4 and IPv6 fragments together: bounded datagrams, fragments, bytes and time.</summary>
/// <remarks>
/// IPv4 as BSD does it: of two fragments the one that begins earlier keeps its bytes, of equals the first.
/// IPv6: a datagram with overlapping fragments is dropped (RFC 5722),
/// exact repeats aside. Time is packet time. One worker's; nothing is allocated after construction.
/// </remarks>
public sealed class FragmentTable : IDisposable
{
    private const uint None = uint.MaxValue;
    private const int DatagramBytesMax = 65_535;
    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly FragmentSettings _settings;
    private readonly HeldPool _pool;
    private readonly NativeArray<Datagram> _datagrams;
    private readonly NativeArray<uint> _buckets;
    private uint _free;
    private uint _oldest = None;
    private uint _newest = None;

    public FragmentTable(FragmentSettings settings)
    {
        _settings = settings;
        _pool = new HeldPool(settings.RunMax, settings.SlabBytesMax, (uint)settings.Seed);
        _datagrams = new NativeArray<Datagram>(settings.DatagramMax);
        _buckets = new NativeArray<uint>(
            System.Numerics.BitOperations.RoundUpToPowerOf2(settings.DatagramMax * 2));
        _buckets.AsSpan().Fill(None);
        _free = None;
        for (uint i = settings.DatagramMax; i-- > 0;)
        {
            _datagrams[i].Next = _free;
            _free = i;
        }
    }

    /// <summary>Datagrams that wait.</summary>
    public uint Count { get; private set; }

    /// <summary>Datagrams given up because time, room or rules said so; and overlaps met.</summary>
    public ulong TimeoutCount { get; private set; }
    public ulong EvictedCount { get; private set; }
    public ulong OverlapCount { get; private set; }

    /// <summary>Takes a fragment in. <paramref name="whole"/> names the datagram when this was the last
    /// piece:
    /// read it with <see cref="CopyWhole"/>, which forgets it.</summary>
    public DropReason Add(in FragmentPiece piece, PacketBytes bytes, uint wireLength, long timeNs,
        out uint whole)
    {
        whole = None;
        ExpireBefore(timeNs - (_settings.TimeoutSeconds * NanosecondsPerSecond));
        int length = Usable(in piece, bytes.Length);
        if (length <= 0 || piece.Offset + length > DatagramBytesMax)
        {
            return DropReason.FragmentInvalid;
        }
        FragmentKey key = piece.Key;
        uint hash = key.Hash(_settings.Seed);
        uint index = Find(in key, hash);
        if (index == None)
        {
            index = Create(in key, hash, timeNs);
        }
        ref Datagram datagram = ref _datagrams[index];
        DropReason reason = Place(ref datagram, in piece, bytes.Slice(0, length));
        if (reason != DropReason.None)
        {
            Remove(index);
            return reason;
        }
        datagram.WireBytes += wireLength;
        whole = datagram.Total != 0 && datagram.HaveBytes == datagram.Total ? index : None;
        return DropReason.None;
    }

    /// <summary>True when Add named a datagram.</summary>
    public static bool IsWhole(uint whole) => whole != None;

    /// <summary>Bytes of a whole datagram behind its IP header.</summary>
    public int LengthOf(uint whole) => (int)_datagrams[whole].Total;

    /// <summary>Protocol of the first fragment (IPv6: those of the others do not count).</summary>
    public byte ProtocolOf(uint whole) => _datagrams[whole].Protocol;

    /// <summary>Bytes on the wire of all frames that carried it.</summary>
    public uint WireBytesOf(uint whole) => _datagrams[whole].WireBytes;

    /// <summary>Copies a whole datagram and forgets it.</summary>
    public void CopyWhole(uint whole, Span<byte> target)
    {
        for (uint run = _datagrams[whole].First; run != SlabPool.None; run = _pool[run].Next)
        {
            _pool.BytesOf(run).Span.CopyTo(target[(int)_pool[run].Offset..]);
        }
        Remove(whole);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _datagrams.Dispose();
        _buckets.Dispose();
    }

    /// <summary>All but the last fragment end on a multiple of eight;
    /// what Linux does for IPv4 is to cut the rest.</summary>
    private static int Usable(in FragmentPiece piece, int length)
    {
        if (!piece.HasMore || length % 8 == 0)
        {
            return length;
        }
        return piece.Key.IpVersion == 4 ? length & ~7 : 0;
    }

    private DropReason Place(ref Datagram datagram, in FragmentPiece piece, PacketBytes bytes)
    {
        uint end = piece.Offset + (uint)bytes.Length;
        bool contradicts = !piece.HasMore
            ? (datagram.Total != 0 && datagram.Total != end) || end < datagram.HighestEnd
            : datagram.Total != 0 && end > datagram.Total;
        if (contradicts || ++datagram.FragmentCount > _settings.FragmentMax)
        {
            return DropReason.FragmentInvalid;
        }
        datagram.Total = piece.HasMore ? datagram.Total : end;
        datagram.HighestEnd = Math.Max(datagram.HighestEnd, end);
        if (piece.Offset == 0)
        {
            datagram.Protocol = piece.Protocol;
        }
        return Insert(ref datagram, piece.Offset, end, bytes, isStrict: piece.Key.IpVersion == 6);
    }

    private DropReason Insert(ref Datagram datagram, uint start, uint end, PacketBytes bytes, bool isStrict)
    {
        uint previous = datagram.Last;
        while (previous != SlabPool.None && _pool[previous].Offset > start)
        {
            previous = _pool[previous].Previous;
        }
        uint next = previous == SlabPool.None ? datagram.First : _pool[previous].Next;
        ulong at = previous == SlabPool.None ? start : Math.Max(start, _pool[previous].End);
        if (at != start || (next != SlabPool.None && _pool[next].Offset < end))
        {
            OverlapCount++;
            if (isStrict && !IsRepeat(datagram.First, start, end))
            {
                return DropReason.FragmentOverlap;
            }
        }
        if (at < end)
        {
            next = GiveWay(ref datagram, next, end);
        }
        while (at < end)
        {
            int count = _pool.TryCopy(at, bytes.Span[(int)(at - start)..], out uint run);
            if (count == 0)
            {
                return DropReason.FragmentMemory;
            }
            Link(ref datagram, run, previous, next);
            datagram.HaveBytes += (uint)count;
            previous = run;
            at += (uint)count;
        }
        return DropReason.None;
    }

    /// <summary>What begins behind a fragment's start gives way to it as far as it reaches.</summary>
    private uint GiveWay(ref Datagram datagram, uint next, uint end)
    {
        while (next != SlabPool.None && _pool[next].Offset < end)
        {
            ref HeldBytes held = ref _pool[next];
            uint covered = (uint)(Math.Min(end, held.End) - held.Offset);
            datagram.HaveBytes -= covered;
            if (covered < held.Length)
            {
                held.Offset += covered;
                held.Start += covered;
                held.Length -= covered;
                return next;
            }
            uint gone = next;
            next = held.Next;
            Unlink(ref datagram, gone);
            _pool.Free(gone);
        }
        return next;
    }

    private void Unlink(ref Datagram datagram, uint run)
    {
        ref HeldBytes held = ref _pool[run];
        ref uint before = ref held.Previous == SlabPool.None ? ref datagram.First
            : ref _pool[held.Previous].Next;
        ref uint behind = ref held.Next == SlabPool.None ? ref datagram.Last : ref _pool[held.Next].Previous;
        before = held.Next;
        behind = held.Previous;
    }

    /// <summary>True when all of [start, end) is there: the fragment came twice.</summary>
    private bool IsRepeat(uint run, uint start, uint end)
    {
        ulong covered = start;
        for (; run != SlabPool.None && covered < end; run = _pool[run].Next)
        {
            if (_pool[run].Offset <= covered && _pool[run].End > covered)
            {
                covered = _pool[run].End;
            }
        }
        return covered >= end;
    }

    private void Link(ref Datagram datagram, uint run, uint previous, uint next)
    {
        _pool[run].Previous = previous;
        _pool[run].Next = next;
        datagram.First = previous == SlabPool.None ? run : datagram.First;
        datagram.Last = next == SlabPool.None ? run : datagram.Last;
        if (previous != SlabPool.None)
        {
            _pool[previous].Next = run;
        }
        if (next != SlabPool.None)
        {
            _pool[next].Previous = run;
        }
    }

    private uint Find(in FragmentKey key, uint hash)
    {
        uint index = _buckets[hash & (_buckets.Length - 1)];
        while (index != None && _datagrams[index].Key != key)
        {
            index = _datagrams[index].Next;
        }
        return index;
    }

    private uint Create(in FragmentKey key, uint hash, long timeNs)
    {
        if (_free == None)
        {
            EvictedCount++;
            Remove(_oldest);
        }
        uint index = _free;
        ref Datagram datagram = ref _datagrams[index];
        _free = datagram.Next;
        ref uint bucket = ref _buckets[hash & (_buckets.Length - 1)];
        datagram = new Datagram
        {
            Key = key,
            Hash = hash,
            StartNs = timeNs,
            First = SlabPool.None,
            Last = SlabPool.None,
            Next = bucket,
            Older = _newest,
            Newer = None,
        };
        bucket = index;
        if (_newest != None)
        {
            _datagrams[_newest].Newer = index;
        }
        _newest = index;
        _oldest = _oldest == None ? index : _oldest;
        Count++;
        return index;
    }

    private void ExpireBefore(long timeNs)
    {
        while (_oldest != None && _datagrams[_oldest].StartNs < timeNs)
        {
            TimeoutCount++;
            Remove(_oldest);
        }
    }

    private void Remove(uint index)
    {
        ref Datagram datagram = ref _datagrams[index];
        ref uint link = ref _buckets[datagram.Hash & (_buckets.Length - 1)];
        while (link != index)
        {
            link = ref _datagrams[link].Next;
        }
        link = datagram.Next;
        ref uint newerLink = ref datagram.Older == None ? ref _oldest : ref _datagrams[datagram.Older].Newer;
        ref uint olderLink = ref datagram.Newer == None ? ref _newest : ref _datagrams[datagram.Newer].Older;
        newerLink = datagram.Newer;
        olderLink = datagram.Older;
        _pool.FreeList(datagram.First);
        datagram.Next = _free;
        _free = index;
        Count--;
    }

    private struct Datagram
    {
        public FragmentKey Key;
        public long StartNs;
        public uint Hash;
        public uint First;
        public uint Last;
        public uint Next;
        public uint Older;
        public uint Newer;

        /// <summary>Length by the last fragment; 0 until it has come.</summary>
        public uint Total;
        public uint HighestEnd;
        public uint HaveBytes;
        public uint WireBytes;
        public uint FragmentCount;
        public byte Protocol;
    }
}

/// <summary>Where a fragment belongs.</summary>
/// <param name="Key">The datagram.</param>
/// <param name="Offset">Offset of its first byte in the datagram's payload.</param>
/// <param name="HasMore">True for all but the last.</param>
/// <param name="Protocol">What its header names as payload.</param>
public readonly record struct FragmentPiece(FragmentKey Key, uint Offset, bool HasMore, byte Protocol);
