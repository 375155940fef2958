using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>Puts the bytes of TCP streams in order and announces them, each once;
/// the first copy of a byte wins.</summary>
/// <remarks>
/// In-order bytes are announced by reference to the packet; what waits behind a hole is copied once.
/// A hole is
/// announced as a gap when the receiver has acknowledged it and bytes behind it wait, at a cap,
/// and at the end.
/// At a cap of slabs: runs farthest ahead give way to nearer ones; when the newest is the farthest, the first
/// hole is given up. Nothing is allocated after construction; one worker's.
/// </remarks>
public sealed partial class StreamReassembler : IDisposable
{
    /// <summary>No stream.</summary>
    public const uint None = 0;

    /// <summary>How many openings before its own the line of a free stream is asked for.</summary>
    private const uint OpenAhead = 4;

    private readonly EventBus _bus;
    private readonly StreamSettings _settings;
    private readonly HeldPool _pool;
    private readonly StreamKeeper _keeper;
    private readonly NativeArray<TcpStream> _streams;
    private readonly NativeArray<uint> _free;
    private readonly uint[] _spentFirst = [SlabPool.None, SlabPool.None];
    private readonly uint[] _spentLast = [SlabPool.None, SlabPool.None];
    private uint _freeCount;

    public StreamReassembler(EventBus bus, StreamSettings settings, MemoryPages pages = MemoryPages.Normal)
    {
        _bus = bus;
        _settings = settings;
        _pool = new HeldPool(settings.RunMax, settings.SlabBytesMax, settings.Seed);
        _keeper = new StreamKeeper(_pool);
        _streams = new NativeArray<TcpStream>(settings.StreamMax + 1, pages);
        _free = new NativeArray<uint>(settings.StreamMax);
        for (uint i = 0; i < settings.StreamMax; i++)
        {
            _free[i] = settings.StreamMax - i;
        }
        _freeCount = settings.StreamMax;
    }

    /// <summary>Streams that are open.</summary>
    public uint OpenCount => _settings.StreamMax - _freeCount;

    /// <summary>Streams that could not be opened.</summary>
    public ulong RefusedStreamCount { get; private set; }

    /// <summary>Bytes announced, and of these copied first because they came out of order.</summary>
    public ulong DeliveredBytes { get; private set; }
    public ulong CopiedBytes { get; private set; }

    /// <summary>Bytes announced as gaps.</summary>
    public ulong GapBytes { get; private set; }

    /// <summary>Holes given up, and bytes left out, for want of room.</summary>
    public ulong OverrunCount { get; private set; }

    /// <summary>Bytes of each stream that are announced; set between bursts.</summary>
    public ulong DepthBytes { get; set; } = ulong.MaxValue;

    /// <summary>Memory of the streams, and of what is held for them.</summary>
    public ulong StreamBytes => _streams.Bytes + _free.Bytes;
    public ulong HeldPoolBytes => _pool.MemoryBytes;

    /// <summary>The limits of the streams.</summary>
    public StreamSettings Settings => _settings;

    /// <summary>Slab bytes in use.</summary>
    public uint HeldSlabBytes => _pool.UsedBytes;

    /// <summary>The stream of a number.</summary>
    public ref TcpStream this[uint stream] => ref _streams[stream];

    /// <summary>Kept bytes; for replay.</summary>
    internal StreamKeeper Keeper => _keeper;

    /// <summary>Opens a stream whose next byte has a sequence number, and an offset where it begins late;
    /// None when all are in use (counted).</summary>
    public uint Open(
        Side side, uint firstSequence, KeptRange keep, ushort epoch, TcpStreamFlags flags, ulong offset = 0)
    {
        if (_freeCount == 0)
        {
            RefusedStreamCount++;
            return None;
        }
        uint number = _free[--_freeCount];
        ref TcpStream stream = ref _streams[number];
        stream = default;
        (stream.Next, stream.NextSequence) = (offset, firstSequence);
        stream.Root = stream.First = stream.Last = SlabPool.None;
        stream.EarlyFirst = stream.EarlyLast = stream.LateFirst = stream.LateLast = SlabPool.None;
        (stream.Side, stream.Epoch, stream.Flags) = (side, epoch, flags);
        stream.KeepAs(keep);
        if (_freeCount > OpenAhead)
        {
            _streams.PrefetchTwoLines(_free[_freeCount - OpenAhead]); // of a stream that is opened soon
        }
        return number;
    }

    /// <summary>Closes a stream without a word; <see cref="Finish"/> says what is left to say.</summary>
    public void Close(uint number)
    {
        ref TcpStream stream = ref _streams[number];
        _pool.FreeList(stream.First);
        _keeper.Release(ref stream);
        _free[_freeCount++] = number;
    }

    /// <summary>The stream begins at another number: its first SYN was not the one that counts.</summary>
    public void Rebase(uint number, uint firstSequence)
    {
        ref TcpStream stream = ref _streams[number];
        if ((stream.Flags & TcpStreamFlags.HasData) == 0 && stream.First == SlabPool.None
            && stream.Next == 0)
        {
            stream.NextSequence = firstSequence;
            stream.Acknowledged = 0;
        }
    }

    /// <summary>Announces what a segment brings in order.
    /// What lies ahead is stored by <see cref="Commit"/>.</summary>
    /// <returns>True when it came in its turn and was announced: there is nothing to commit of it.</returns>
    public bool Receive(ref TcpStream stream, in TcpSegment segment, in StreamSource source,
        ref readonly FlowEntry flow)
    {
        if (stream.IsInTurn(in segment))
        {
            if (source.Payload.Length != 0)
            {
                Announce(ref stream, source.Payload, in source, in flow);
            }
            return true;
        }
        long distance = stream.DistanceTo(segment.DataSequence);
        long captured = source.Payload.Length;
        if (segment.HasFin)
        {
            NoteEnd(ref stream, distance + segment.PayloadLength);
        }
        if (captured == 0 && (stream.First == SlabPool.None || (stream.Flags & TcpStreamFlags.HasEnd) == 0))
        {
            AnnounceReachedEnd(ref stream, in source, in flow);
            return stream.First == SlabPool.None;
        }
        var part = Part.Of(in stream, source.Payload, distance);
        Pump(ref stream, in part, in source, in flow);
        while (part.IsAhead(in stream)
            && ((stream.Flags & TcpStreamFlags.Unheld) != 0 || !HasRoom(in stream, in part)))
        {
            GiveUpHole(ref stream, in part, in source, in flow);
            Pump(ref stream, in part, in source, in flow);
        }
        return false;
    }

    /// <summary>Takes the receiver's acknowledgment in: holes before it will not be filled.</summary>
    public void Acknowledge(ref TcpStream stream, uint acknowledgment, in StreamSource source,
        ref readonly FlowEntry flow)
    {
        long distance = stream.DistanceTo(acknowledgment);
        if (distance <= 0)
        {
            return;
        }
        stream.Acknowledged = Math.Max(stream.Acknowledged, stream.Next + (ulong)distance);
        if (stream.First != SlabPool.None)
        {
            Pump(ref stream, default, in source, in flow);
        }
    }

    /// <summary>The packet goes on: what it brought ahead of its turn is stored,
    /// what is spent is freed.</summary>
    public void Commit(uint number, in TcpSegment segment, PacketBytes payload)
    {
        ref TcpStream stream = ref _streams[number];
        if (payload.Length != 0)
        {
            var part = Part.Of(in stream, payload, stream.DistanceTo(segment.DataSequence));
            if (part.IsAhead(in stream))
            {
                Store(ref stream, in part);
            }
        }
        int side = (int)stream.Side;
        if (_spentFirst[side] != SlabPool.None)
        {
            _pool.FreeList(_spentFirst[side]);
            _spentFirst[side] = _spentLast[side] = SlabPool.None;
        }
        if ((stream.Flags & TcpStreamFlags.Keeps) != 0)
        {
            _keeper.Trim(ref stream);
        }
    }

    /// <summary>The packet was dropped: the stream is as it was before it.</summary>
    public void Undo(uint number, in TcpStream before)
    {
        ref TcpStream stream = ref _streams[number];
        _keeper.Truncate(ref stream, before.Next);
        int side = (int)stream.Side;
        uint spent = _spentFirst[side];
        if (spent != SlabPool.None)
        {
            _pool[_spentLast[side]].Next = stream.First;
            if (stream.First != SlabPool.None)
            {
                _pool[stream.First].Previous = _spentLast[side];
            }
            stream.Last = stream.Last == SlabPool.None ? _spentLast[side] : stream.Last;
            uint end = _pool[_spentLast[side]].Next;
            for (uint run = spent; run != end; run = _pool[run].Next)
            {
                _pool[run].Left = _pool[run].Right = SlabPool.None;
                _pool.Insert(ref stream.Root, run);
            }
            stream.First = spent;
            _spentFirst[side] = _spentLast[side] = SlabPool.None;
        }
        stream.Next = before.Next;
        stream.NextSequence = before.NextSequence;
        stream.HeldSlabBytes = before.HeldSlabBytes;
        stream.Acknowledged = before.Acknowledged;
        stream.End = before.End;
        stream.Flags = (before.Flags & ~TcpStreamFlags.Chosen) | (stream.Flags & TcpStreamFlags.Chosen);
    }

    /// <summary>The flow ends: announces what waits, with the holes before it,
    /// and the end of the stream.</summary>
    public void Finish(uint number, in StreamSource source, ref readonly FlowEntry flow)
    {
        ref TcpStream stream = ref _streams[number];
        Part nothing = default;
        Pump(ref stream, in nothing, in source, in flow);
        while (stream.First != SlabPool.None)
        {
            AnnounceGap(ref stream, _pool[stream.First].Offset, GapReason.Lost, in source, in flow);
            Pump(ref stream, in nothing, in source, in flow);
        }
        AnnounceEnd(ref stream, in source, in flow);
    }

    /// <summary>Frees what a round of announcements used up, when no packet will be committed.</summary>
    public void FreeSpent(uint number)
    {
        int side = (int)_streams[number].Side;
        _pool.FreeList(_spentFirst[side]);
        _spentFirst[side] = _spentLast[side] = SlabPool.None;
    }

    public void Dispose()
    {
        _pool.Dispose();
        _streams.Dispose();
        _free.Dispose();
    }

    private static void NoteEnd(ref TcpStream stream, long distance)
    {
        if (distance >= 0 && (stream.Flags & TcpStreamFlags.HasEnd) == 0)
        {
            stream.Flags |= TcpStreamFlags.HasEnd;
            stream.End = stream.Next + (ulong)distance;
        }
    }

    private void Pump(ref TcpStream stream, in Part part, in StreamSource source, ref readonly FlowEntry flow)
    {
        while (true)
        {
            ulong waiting = stream.First == SlabPool.None ? ulong.MaxValue : _pool[stream.First].Offset;
            bool covers = part.Covers(stream.Next);
            if (waiting <= stream.Next && !(covers && BeatsFirst(in part, in stream)))
            {
                AnnounceHeld(ref stream, in source, in flow);
            }
            else if (covers)
            {
                ulong limit =
                    Math.Min(part.End, waiting <= stream.Next ? _pool[stream.First].End : waiting);
                Announce(ref stream, part.Slice(stream.Next, limit), in source, in flow);
            }
            else if (waiting != ulong.MaxValue && stream.Acknowledged >= HoleEnd(in part, in stream, waiting))
            {
                AnnounceGap(ref stream, HoleEnd(in part, in stream, waiting), GapReason.Lost, in source,
                    in flow);
            }
            else
            {
                break;
            }
        }
        AnnounceReachedEnd(ref stream, in source, in flow);
    }

    private void AnnounceReachedEnd(ref TcpStream stream, in StreamSource source, ref readonly FlowEntry flow)
    {
        if ((stream.Flags & TcpStreamFlags.HasEnd) != 0 && stream.Next >= stream.End)
        {
            AnnounceEnd(ref stream, in source, in flow);
        }
    }

    private static ulong HoleEnd(in Part part, ref readonly TcpStream stream, ulong waiting) =>
        part.IsAhead(in stream) ? Math.Min(part.Start, waiting) : waiting;

    private void AnnounceHeld(ref TcpStream stream, in StreamSource source, ref readonly FlowEntry flow)
    {
        uint run = stream.First;
        _pool.RemoveFirst(ref stream.Root);
        ref HeldBytes held = ref _pool[run];
        stream.First = held.Next;
        stream.Last = held.Next == SlabPool.None ? SlabPool.None : stream.Last;
        if (held.Next != SlabPool.None)
        {
            _pool[held.Next].Previous = SlabPool.None;
        }
        stream.HeldSlabBytes -= _pool.SlabBytesOf(run);
        int side = (int)stream.Side;
        held.Next = SlabPool.None;
        if (_spentFirst[side] == SlabPool.None)
        {
            _spentFirst[side] = run;
        }
        else
        {
            _pool[_spentLast[side]].Next = run;
            held.Previous = _spentLast[side];
        }
        _spentLast[side] = run;
        if (held.End > stream.Next && held.Piece == SlabPool.None)
        {
            AnnounceGap(ref stream, held.End, GapReason.NotKept, in source, in flow);
        }
        else if (held.End > stream.Next)
        {
            CopiedBytes += held.End - stream.Next;
            Announce(ref stream, _pool.BytesOf(run).Slice((int)(stream.Next - held.Offset)), in source,
                in flow);
        }
    }
}
