using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>Bytes that wait behind holes: storing, comparing, giving way at a cap.</content>
public sealed partial class StreamReassembler
{
    /// <summary>Asks for the lines of a stream; any number is harmless.</summary>
    public void Prefetch(uint number)
    {
        if (number != None)
        {
            _streams.PrefetchTwoLines(number);
        }
    }

    /// <summary>True when payload differs from bytes of the same place that are held or kept.</summary>
    /// <param name="number">The stream.</param>
    /// <param name="segment">The segment the payload came in.</param>
    /// <param name="payload">The captured payload.</param>
    /// <param name="firstDifference">Sequence number of the first byte that differs.</param>
    public bool TryFindDifference(
        uint number, in TcpSegment segment, PacketBytes payload, out uint firstDifference)
    {
        ref TcpStream stream = ref _streams[number];
        long distance = stream.DistanceTo(segment.DataSequence);
        firstDifference = segment.DataSequence;
        if (distance < 0 && stream.Next >= (ulong)-distance)
        {
            int behind = (int)Math.Min(-distance, payload.Length);
            int same = SameKept(in stream, stream.Next - (ulong)-distance, payload.Span[..behind]);
            if (same < behind)
            {
                firstDifference += (uint)same;
                return true;
            }
        }
        var part = Part.Of(in stream, payload, distance);
        uint run = stream.First == SlabPool.None ? SlabPool.None : _pool.FloorOf(stream.Root, part.Start);
        run = run == SlabPool.None ? stream.First : run;
        while (run != SlabPool.None && _pool[run].Offset < part.End)
        {
            ulong from = Math.Max(part.Start, _pool[run].Offset);
            ulong to = Math.Min(part.End, _pool[run].End);
            if (from < to && _pool.HasBytes(run))
            {
                PacketBytes held = _pool.BytesOf(run)
                    .Slice((int)(from - _pool[run].Offset), (int)(to - from));
                int same = part.Slice(from, to).Span.CommonPrefixLength(held.Span);
                if (same < held.Length)
                {
                    firstDifference = stream.NextSequence + (uint)(from - stream.Next) + (uint)same;
                    return true;
                }
            }
            run = _pool[run].Next;
        }
        return false;
    }

    /// <summary>The first run at hand that ends behind an offset, kept or waiting: its part from there on,
    /// and
    /// where that begins.</summary>
    internal bool TryFind(uint number, ulong offset, out ulong start, out PacketBytes bytes)
    {
        ref TcpStream stream = ref _streams[number];
        if (_keeper.TryFind(in stream, offset, out start, out bytes))
        {
            return true;
        }
        uint run = RunBehind(in stream, offset);
        if (run == SlabPool.None || !_pool.HasBytes(run))
        {
            return false;
        }
        start = Math.Max(offset, _pool[run].Offset);
        bytes = _pool.BytesOf(run).Slice((int)(start - _pool[run].Offset));
        return true;
    }

    /// <summary>As TryFind, for places alone: the end of the run, too, whose bytes may not have been
    /// kept.</summary>
    internal bool TryFindRange(uint number, ulong offset, out ulong start, out ulong end)
    {
        ref TcpStream stream = ref _streams[number];
        if (_keeper.TryFind(in stream, offset, out start, out PacketBytes kept))
        {
            end = start + (uint)kept.Length;
            return true;
        }
        uint run = RunBehind(in stream, offset);
        (start, end) = run == SlabPool.None ? (0, 0) : (Math.Max(offset, _pool[run].Offset), _pool[run].End);
        return run != SlabPool.None;
    }

    /// <summary>The first waiting run that ends behind an offset.</summary>
    private uint RunBehind(ref readonly TcpStream stream, ulong offset)
    {
        uint run = stream.First == SlabPool.None ? SlabPool.None : _pool.FloorOf(stream.Root, offset);
        return run == SlabPool.None ? stream.First
            : _pool[run].End > offset ? run
            : _pool[run].Next;
    }

    /// <summary>How many bytes agree with what is kept; bytes that are not kept count as equal.</summary>
    private int SameKept(ref readonly TcpStream stream, ulong offset, ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length
            && _keeper.TryFind(in stream, offset + (uint)at, out ulong start, out PacketBytes kept))
        {
            int skip = (int)Math.Min(start - (offset + (uint)at), (uint)(bytes.Length - at));
            at += skip;
            int count = Math.Min(kept.Length, bytes.Length - at);
            int same = bytes.Slice(at, count).CommonPrefixLength(kept.Span[..count]);
            at += same;
            if (same < count)
            {
                return at;
            }
        }
        return bytes.Length;
    }

    private bool HasRoom(ref readonly TcpStream stream, in Part part)
    {
        if (stream.Last != SlabPool.None && _pool[stream.Last].Offset > part.Start)
        {
            return true; // runs farther ahead will give way
        }
        uint need = (stream.Flags & TcpStreamFlags.MapOnly) != 0 ? 0
            : (uint)(part.End - part.Start) + SlabPool.PieceBytesMax;
        return stream.HeldSlabBytes + need <= _settings.HeldBytesMax && _pool.HasRoomFor(need);
    }

    /// <summary>Nothing waits in this stream; or at a cap, and the newest bytes are the farthest:
    /// waiting for the first hole has become too dear.</summary>
    private void GiveUpHole(ref TcpStream stream, in Part part, in StreamSource source,
        ref readonly FlowEntry flow)
    {
        bool isUnheld = (stream.Flags & TcpStreamFlags.Unheld) != 0;
        OverrunCount += isUnheld ? 0UL : 1;
        ulong waiting = stream.First == SlabPool.None ? ulong.MaxValue : _pool[stream.First].Offset;
        GapReason reason = isUnheld ? GapReason.NotKept : GapReason.MemoryCap;
        AnnounceGap(ref stream, Math.Min(waiting, part.Start), reason, in source, in flow);
    }

    /// <summary>Copies the bytes of a packet that lie ahead and are not held yet.</summary>
    private void Store(ref TcpStream stream, in Part part)
    {
        GiveWay(ref stream, in part);
        ulong at = Math.Max(part.Start, stream.Next);
        uint previous = stream.Last;
        uint next = SlabPool.None;
        if (previous != SlabPool.None && _pool[previous].End > at)
        {
            previous = _pool.FloorOf(stream.Root, at);
            next = previous == SlabPool.None ? stream.First : _pool[previous].Next;
            at = previous == SlabPool.None ? at : Math.Max(at, _pool[previous].End);
        }
        while (at < part.End)
        {
            ulong limit = next == SlabPool.None ? part.End : Math.Min(part.End, _pool[next].Offset);
            while (at < limit)
            {
                int count = TryHold(ref stream, at, part.Slice(at, limit).Span, ref previous, ref next);
                if (count != 0)
                {
                    _pool[previous].Lead = (uint)(at - part.Start);
                    _pool[previous].Trail = (uint)(part.End - at) - (uint)count;
                }
                else
                {
                    OverrunCount++;
                    return; // lost: it will be announced as a gap
                }
                at += (uint)count;
            }
            if (next == SlabPool.None)
            {
                return;
            }
            at = Math.Max(at, _pool[next].End);
            previous = next;
            next = _pool[next].Next;
        }
    }

    /// <summary>True when the packet's bytes win over those of the first run where both reach the next
    /// byte.</summary>
    private bool BeatsFirst(in Part part, ref readonly TcpStream stream)
    {
        ref HeldBytes held = ref _pool[stream.First];
        return stream.Policy != OverlapPolicy.First && held.End > stream.Next
            && OverlapRules.NewSegmentWins(
                stream.Policy, part.Start, part.End, held.SegmentStart, held.SegmentEnd);
    }

    /// <summary>Runs that lose to the packet by the policy leave their place to it.</summary>
    private void GiveWay(ref TcpStream stream, in Part part)
    {
        if (stream.Policy == OverlapPolicy.First || stream.First == SlabPool.None
            || _pool[stream.Last].End <= part.Start)
        {
            return;
        }
        uint run = _pool.FloorOf(stream.Root, part.Start);
        run = run == SlabPool.None ? stream.First : run;
        while (run != SlabPool.None && _pool[run].Offset < part.End)
        {
            ref HeldBytes held = ref _pool[run];
            uint next = held.Next;
            if (held.End > part.Start && OverlapRules.NewSegmentWins(
                stream.Policy, part.Start, part.End, held.SegmentStart, held.SegmentEnd))
            {
                Carve(ref stream, run, Math.Max(part.Start, held.Offset), Math.Min(part.End, held.End));
            }
            run = next;
        }
    }

    /// <summary>Takes [from, to) out of a run.</summary>
    private void Carve(ref TcpStream stream, uint run, ulong from, ulong to)
    {
        ref HeldBytes held = ref _pool[run];
        if (from == held.Offset && to == held.End)
        {
            Drop(ref stream, run);
        }
        else if (from == held.Offset)
        {
            held.CutFront((uint)(to - from));
        }
        else if (to == held.End || Split(ref stream, run, to))
        {
            held.CutBack((uint)(held.End - from));
        }
    }

    /// <summary>Copies what lies behind an offset into a run of its own; false at the cap: then the old bytes
    /// stay.</summary>
    private bool Split(ref TcpStream stream, uint run, ulong at)
    {
        ref HeldBytes held = ref _pool[run];
        if (!_pool.HasBytes(run))
        {
            return SplitMark(ref stream, run, at);
        }
        PacketBytes rest = _pool.BytesOf(run).Slice((int)(at - held.Offset));
        if (stream.HeldSlabBytes + SlabPool.SizeFor(rest.Length) > _settings.HeldBytesMax
            || _pool.TryCopy(at, rest.Span, out uint behind) == 0)
        {
            OverrunCount++;
            return false;
        }
        _pool[behind].Lead = (uint)(at - held.SegmentStart);
        _pool[behind].Trail = held.Trail;
        held.CutBack((uint)rest.Length);
        LinkRun(ref stream, behind, run, held.Next);
        stream.HeldSlabBytes += SlabPool.SizeFor(rest.Length);
        _pool.Insert(ref stream.Root, behind);
        return true;
    }

    private bool SplitMark(ref TcpStream stream, uint run, ulong at)
    {
        ref HeldBytes held = ref _pool[run];
        uint rest = (uint)(held.End - at);
        if (!_pool.TryMark(at, rest, out uint behind))
        {
            OverrunCount++;
            return false;
        }
        (_pool[behind].Lead, _pool[behind].Trail) = ((uint)(at - held.SegmentStart), held.Trail);
        held.CutBack(rest);
        LinkRun(ref stream, behind, run, held.Next);
        _pool.Insert(ref stream.Root, behind);
        return true;
    }

    private void Drop(ref TcpStream stream, uint run)
    {
        _pool.Remove(ref stream.Root, run);
        (uint previous, uint next) = (_pool[run].Previous, _pool[run].Next);
        ref uint before = ref previous == SlabPool.None ? ref stream.First : ref _pool[previous].Next;
        ref uint behind = ref next == SlabPool.None ? ref stream.Last : ref _pool[next].Previous;
        before = next;
        behind = previous;
        stream.HeldSlabBytes -= _pool.SlabBytesOf(run);
        _pool.Free(run);
    }

    private int TryHold(
        ref TcpStream stream, ulong offset, ReadOnlySpan<byte> bytes, ref uint previous, ref uint next)
    {
        uint run;
        int count = 0;
        bool isMap = (stream.Flags & TcpStreamFlags.MapOnly) != 0;
        while (isMap
            ? !_pool.TryMark(offset, (uint)(count = bytes.Length), out run)
            : stream.HeldSlabBytes + SlabPool.SizeFor(bytes.Length) > _settings.HeldBytesMax
                || (count = _pool.TryCopy(offset, bytes, out run)) == 0)
        {
            // The farthest run gives way, unless that is where this one would stand.
            if (next == SlabPool.None)
            {
                return 0;
            }
            next = next == stream.Last ? SlabPool.None : next;
            DropLast(ref stream);
        }
        LinkRun(ref stream, run, previous, next);
        stream.HeldSlabBytes += _pool.SlabBytesOf(run);
        _pool.Insert(ref stream.Root, run);
        previous = run;
        return count;
    }

    private void LinkRun(ref TcpStream stream, uint run, uint previous, uint next)
    {
        ref HeldBytes held = ref _pool[run];
        held.Previous = previous;
        held.Next = next;
        if (previous == SlabPool.None)
        {
            stream.First = run;
        }
        else
        {
            _pool[previous].Next = run;
        }
        if (next == SlabPool.None)
        {
            stream.Last = run;
        }
        else
        {
            _pool[next].Previous = run;
        }
    }

    private void DropLast(ref TcpStream stream)
    {
        uint run = stream.Last;
        _pool.RemoveLast(ref stream.Root);
        stream.Last = _pool[run].Previous;
        if (stream.Last == SlabPool.None)
        {
            stream.First = SlabPool.None;
        }
        else
        {
            _pool[stream.Last].Next = SlabPool.None;
        }
        stream.HeldSlabBytes -= _pool.SlabBytesOf(run);
        _pool.Free(run);
    }

    /// <summary>The payload of the packet at hand as a range of stream offsets.</summary>
    private readonly ref struct Part
    {
        private readonly PacketBytes _bytes;

        private Part(PacketBytes bytes, ulong start)
        {
            _bytes = bytes;
            Start = start;
            End = start + (uint)bytes.Length;
        }

        public ulong Start { get; }

        public ulong End { get; }

        /// <summary>The part of a payload that is not behind the stream's next byte.</summary>
        public static Part Of(ref readonly TcpStream stream, PacketBytes payload, long distance)
        {
            if (distance >= 0)
            {
                return new Part(payload, stream.Next + (ulong)distance);
            }
            int skip = (int)Math.Min(-distance, payload.Length);
            return new Part(payload.Slice(skip), stream.Next);
        }

        public bool Covers(ulong offset) => Start <= offset && offset < End;

        /// <summary>True when bytes of it lie beyond the next one.</summary>
        public bool IsAhead(ref readonly TcpStream stream) => End > stream.Next && Start > stream.Next;

        public PacketBytes Slice(ulong from, ulong to) => _bytes.Slice((int)(from - Start), (int)(to - from));
    }
}
