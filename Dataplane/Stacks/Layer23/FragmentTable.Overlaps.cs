using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Stacks.TcpMonitor;

namespace Dataplane.Stacks.Layer23;

/// <content>The runs of one datagram, and what happens where fragments overlap.</content>
public sealed partial class FragmentTable
{
    private DropReason Insert(ref Datagram datagram, uint start, uint end, PacketBytes bytes, bool isStrict)
    {
        uint run = FirstBehind(in datagram, start);
        if (run != SlabPool.None && _pool[run].Offset < end)
        {
            OverlapCount++;
            HadOverlap = true;
            if (isStrict && !IsRepeat(datagram.First, start, end))
            {
                return DropReason.FragmentOverlap;
            }
            if (!GiveWay(ref datagram, run, start, end))
            {
                return DropReason.FragmentMemory;
            }
            run = FirstBehind(in datagram, start);
        }
        ulong at = start;
        while (at < end)
        {
            ulong limit = run == SlabPool.None ? end : Math.Min(end, _pool[run].Offset);
            while (at < limit)
            {
                PacketBytes part = bytes.Slice((int)(at - start), (int)(limit - at));
                int count = Hold(ref datagram, at, part, run, start, end);
                if (count == 0)
                {
                    return DropReason.FragmentMemory;
                }
                at += (uint)count;
            }
            if (run == SlabPool.None)
            {
                break;
            }
            at = Math.Max(at, _pool[run].End);
            run = _pool[run].Next;
        }
        return DropReason.None;
    }

    /// <summary>The first run that ends behind an offset.</summary>
    private uint FirstBehind(ref readonly Datagram datagram, uint start)
    {
        uint run = datagram.Last;
        if (run == SlabPool.None || _pool[run].End <= start)
        {
            return SlabPool.None;
        }
        while (_pool[run].Previous != SlabPool.None && _pool[_pool[run].Previous].End > start)
        {
            run = _pool[run].Previous;
        }
        return run;
    }

    /// <summary>Copies bytes into a run before <paramref name="next"/>; 0 when there is no room.</summary>
    private int Hold(
        ref Datagram datagram, ulong at, PacketBytes bytes, uint next, ulong start, ulong end)
    {
        int count = _pool.TryCopy(at, bytes.Span, out uint run);
        if (count != 0)
        {
            _pool[run].Lead = (uint)(at - start);
            _pool[run].Trail = (uint)(end - at) - (uint)count;
            uint previous = next == SlabPool.None ? datagram.Last : _pool[next].Previous;
            Link(ref datagram, run, previous, next);
            datagram.HaveBytes += (uint)count;
        }
        return count;
    }

    /// <summary>Fragments that lose by the policy leave their place; false when there is no room to part
    /// one.</summary>
    private bool GiveWay(ref Datagram datagram, uint run, uint start, uint end)
    {
        while (run != SlabPool.None && _pool[run].Offset < end)
        {
            ref HeldBytes held = ref _pool[run];
            uint next = held.Next;
            if (OverlapRules.NewFragmentWins(
                datagram.Policy, start, end, held.SegmentStart, held.SegmentEnd)
                && !Carve(ref datagram, run, Math.Max(start, held.Offset), Math.Min(end, held.End)))
            {
                return false;
            }
            run = next;
        }
        return true;
    }

    private bool Carve(ref Datagram datagram, uint run, ulong from, ulong to)
    {
        ref HeldBytes held = ref _pool[run];
        if (from > held.Offset && to < held.End && !Split(ref datagram, run, to))
        {
            return false;
        }
        datagram.HaveBytes -= (uint)(to - from);
        if (from == held.Offset && to == held.End)
        {
            Unlink(ref datagram, run);
            _pool.Free(run);
        }
        else if (from == held.Offset)
        {
            held.CutFront((uint)(to - from));
        }
        else
        {
            held.CutBack((uint)(to - from));
        }
        return true;
    }

    private bool Split(ref Datagram datagram, uint run, ulong at)
    {
        ref HeldBytes held = ref _pool[run];
        PacketBytes rest = _pool.BytesOf(run).Slice((int)(at - held.Offset));
        if (_pool.TryCopy(at, rest.Span, out uint behind) == 0)
        {
            return false;
        }
        _pool[behind].Lead = (uint)(at - held.SegmentStart);
        _pool[behind].Trail = held.Trail;
        held.CutBack((uint)rest.Length);
        Link(ref datagram, behind, run, held.Next);
        return true;
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
}
