using System.Numerics;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;

namespace Dataplane.Stacks.Layer23;

/// <summary>Puts IPv4 and IPv6 fragments together: bounded datagrams, fragments, bytes and time.</summary>
/// <remarks>
/// IPv4: of two overlapping fragments the destination's policy chooses (<see cref="OverlapRules"/>).
/// IPv6: a datagram with overlapping fragments is dropped (RFC 5722),
/// exact repeats aside. Time is packet time. One worker's; nothing is allocated after construction.
/// </remarks>
public sealed partial class FragmentTable : IDisposable
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

    /// <summary>True when the fragment added last overlapped others of its datagram.</summary>
    public bool HadOverlap { get; private set; }

    /// <summary>Takes a fragment in. <paramref name="whole"/> names the datagram when this was the last
    /// piece:
    /// read it with <see cref="CopyWhole"/>, which forgets it.</summary>
    public DropReason Add(in FragmentPiece piece, PacketBytes bytes, uint wireLength, long timeNs,
        out uint whole)
    {
        whole = None;
        HadOverlap = false;
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
            _datagrams[index].Policy = piece.Policy;
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
        if (contradicts)
        {
            uint run = FirstBehind(in datagram, piece.Offset);
            HadOverlap = run != SlabPool.None && _pool[run].Offset < end;
        }

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
        return Insert(ref datagram, piece.Offset, end, bytes,
            isStrict: piece.Key.IpVersion == 6 || datagram.Policy == OverlapPolicy.Strict);
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
        public OverlapPolicy Policy;
    }
}

/// <summary>Where a fragment belongs.</summary>
/// <param name="Key">The datagram.</param>
/// <param name="Offset">Offset of its first byte in the datagram's payload.</param>
/// <param name="HasMore">True for all but the last.</param>
/// <param name="Protocol">What its header names as payload.</param>
/// <param name="Policy">How its destination treats overlaps.</param>
public readonly record struct FragmentPiece(
    FragmentKey Key, uint Offset, bool HasMore, byte Protocol, OverlapPolicy Policy);
