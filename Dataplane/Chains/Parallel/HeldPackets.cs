using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Chains.Parallel;

/// <summary>The packets of one worker that NFs on other cores still look at, and those that leave behind
/// them.</summary>
/// <remarks>
/// Packets leave in the order in which they came (engine §6). Threads: the worker alone takes, counts and
/// frees; NFs read a packet's place between its event and their answer.
/// </remarks>
internal sealed class HeldPackets : IDisposable
{
    /// <summary>The window: so many packets may be on their way at once.</summary>
    public const int Max = 512;

    private const int None = -1;
    private const uint PinnedBytesMax = 8 << 20;

    private readonly NativeArray<HeldPacket> _packets = new(Max);
    private readonly ushort[] _free = new ushort[Max];
    private readonly ushort[] _waiting = new ushort[Max];
    private readonly uint[] _doubtSlots = new uint[Max];
    private readonly ushort[] _doubting = new ushort[Max];
    private PinnedBytes _pinned = new(PinnedBytesMax);
    private int _freeCount;
    private int _pinnedCount;
    private int _doubtCount;
    private uint _firstWaiting;
    private uint _lastWaiting;

    public HeldPackets()
    {
        for (int i = 0; i < Max; i++)
        {
            _free[_freeCount++] = (ushort)(Max - 1 - i);
        }
    }

    /// <summary>Where packets leave.</summary>
    public IHeldPackets? Ports { get; set; }

    public int FreeCount => _freeCount;

    /// <summary>Buffers that an NF which never answered may still look at.</summary>
    public int LostCount { get; private set; }

    /// <summary>Packets that are held or wait.</summary>
    public int Count => Max - _freeCount - LostCount;

    public bool IsAnyWaiting => _firstWaiting != _lastWaiting;

    public bool IsAnyInDoubt => _doubtCount != 0;

    public ref HeldPacket this[int number] => ref _packets[number];

    /// <summary>Takes a place; false when the window is full.</summary>
    public bool TryTake(out int number)
    {
        number = -1;
        if (_freeCount == 0)
        {
            return false;
        }

        number = _free[--_freeCount];
        ref HeldPacket held = ref _packets[number];
        (held.Holds, held.LostHolds, held.Gates, held.Doubts) = (0, 0, 0, 0);
        held.State = HeldState.Handled;
        held.Reason = DropReason.None;
        held.HasPinned = false;
        held.View.HasSnapshots = false;
        held.OwnsBuffer = false;
        held.Parent = None;
        return true;
    }

    /// <summary>Makes the place a later view of a packet, which is held at least as long; it must be closed
    /// when the events that refer to it have been sent.</summary>
    public void Open(int view, int packet)
    {
        ref HeldPacket held = ref _packets[view];
        held.Parent = packet;
        held.State = HeldState.Gone;
        held.Holds++; // the worker's own
        _packets[packet].Holds++;
    }

    /// <summary>Copies bytes that the packet's events refer to; false when there is no room.</summary>
    public bool TryPin(int number, ReadOnlySpan<byte> bytes, out PacketBytes copy)
    {
        ulong from = _pinned.Tail;
        if (!_pinned.TryCopy(bytes, out copy))
        {
            FreePinned();
            from = _pinned.Tail;
            if (!_pinned.TryCopy(bytes, out copy))
            {
                return false;
            }
        }

        ref HeldPacket held = ref _packets[number];
        if (!held.HasPinned)
        {
            (held.HasPinned, held.PinnedFrom) = (true, from);
            _pinnedCount++;
        }

        return true;
    }

    /// <summary>One more NF will answer about the packet.</summary>
    public void Hold(int number, LaneDuty duty)
    {
        ref HeldPacket held = ref _packets[number];
        held.Holds++;
        for (int gate = number; (duty & LaneDuty.Gate) != 0 && gate != None; gate = _packets[gate].Parent)
        {
            _packets[gate].Gates++; // a packet waits for the gates of its views, too
        }

        if ((duty & LaneDuty.Doubt) != 0)
        {
            Doubt(number);
        }
    }

    /// <summary>The next packet of the flow must not begin before this one's NFs have answered.</summary>
    private void Doubt(int number)
    {
        if (_packets[number].Doubts++ == 0)
        {
            (_doubtSlots[_doubtCount], _doubting[_doubtCount]) = (_packets[number].Slot, (ushort)number);
            _doubtCount++;
        }
    }

    /// <summary>True while an answer about a packet of that flow may change what its next packet
    /// raises.</summary>
    public bool IsInDoubt(uint slot) => _doubtSlots.AsSpan(0, _doubtCount).Contains(slot);

    /// <summary>The same, whatever this answer about one of its packets says.</summary>
    public bool IsInDoubtBeside(int number, LaneDuty duty)
    {
        ref readonly HeldPacket held = ref _packets[number];
        int own = (duty & LaneDuty.Doubt) != 0 ? 1 : 0;
        for (int i = 0; i < _doubtCount; i++)
        {
            if (_doubtSlots[i] == held.Slot && (_doubting[i] != number || held.Doubts > own))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>True while any NF has not answered about an event of that flow.</summary>
    public bool IsHeld(uint slot)
    {
        for (int i = 0; i < Max && Count > 0; i++)
        {
            ref HeldPacket held = ref _packets[i];
            if (held.State != HeldState.Free && held.Holds > held.LostHolds && held.Slot == slot)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The worker is through with the packet; it leaves when those before it have left and its gates
    /// have answered.</summary>
    public void Leave(int number, ref Packet frame, DropReason reason, byte port)
    {
        ref HeldPacket held = ref _packets[number];
        held.Frame = frame;
        held.Port = port;
        held.Reason = reason == DropReason.None ? held.Reason : reason;
        held.OwnsBuffer = true;
        held.State = HeldState.Waiting;
        _waiting[_lastWaiting++ % Max] = (ushort)number;
        Settle();
    }

    /// <summary>The worker is through with what had no packet.</summary>
    public void Finish(int number)
    {
        _packets[number].State = HeldState.Gone;
        FreeIfDone(number);
    }

    /// <summary>An NF has answered about the packet.</summary>
    public void Answered(int number, LaneDuty duty)
    {
        ref HeldPacket held = ref _packets[number];
        held.Holds--;
        for (int gate = number; (duty & LaneDuty.Gate) != 0 && gate != None; gate = _packets[gate].Parent)
        {
            _packets[gate].Gates--;
        }

        if ((duty & LaneDuty.Doubt) != 0 && --held.Doubts == 0)
        {
            int at = Array.IndexOf(_doubting, (ushort)number, 0, _doubtCount);
            _doubtCount--;
            (_doubtSlots[at], _doubting[at]) = (_doubtSlots[_doubtCount], _doubting[_doubtCount]);
        }

        if (held.State == HeldState.Gone)
        {
            FreeIfDone(number);
        }

        if (IsAnyWaiting)
        {
            Settle();
        }
    }

    /// <summary>The packet that a view is of; itself when it is none.</summary>
    public int PacketOf(int number) =>
        _packets[number].Parent == None ? number : PacketOf(_packets[number].Parent);

    /// <summary>An NF that will never answer may look at the packet for ever: its place and its buffer are
    /// given up.</summary>
    public void Lose(int number, LaneDuty duty)
    {
        LoseHold(number);
        _packets[number].Holds++; // one that is never given back
        if (_packets[number].HasPinned)
        {
            _pinned = new PinnedBytes(PinnedBytesMax); // the old ones stay where they are
            ForgetPinned();
        }

        Answered(number, duty);
    }

    private void LoseHold(int number)
    {
        ref HeldPacket held = ref _packets[number];
        bool isFirst = held.LostHolds++ == 0;
        LostCount += isFirst ? 1 : 0;
        if (isFirst && held.Parent != None)
        {
            // The view's hold on its packet is never given back either.
            LoseHold(held.Parent);
            FreeIfGone(held.Parent);
        }
    }

    private void FreeIfGone(int number)
    {
        if (_packets[number].State == HeldState.Gone)
        {
            FreeIfDone(number);
        }
    }

    public void Dispose()
    {
        _packets.Dispose();
        _pinned.Dispose();
    }

    private void Settle()
    {
        while (IsAnyWaiting)
        {
            int number = _waiting[_firstWaiting % Max];
            ref HeldPacket held = ref _packets[number];
            if (held.Gates > 0)
            {
                return;
            }

            _firstWaiting++;
            held.State = HeldState.Gone;
            if (held.Holds == 0)
            {
                Ports!.Finish(ref held.Frame, held.Reason, held.Port);
                Free(number);
            }
            else
            {
                Ports!.Leave(ref held.Frame, held.Reason, held.Port);
                FreeIfDone(number);
            }
        }
    }

    private void FreeIfDone(int number)
    {
        ref HeldPacket held = ref _packets[number];
        if (held.Holds > held.LostHolds)
        {
            return;
        }

        if (held.LostHolds > 0)
        {
            if (held.OwnsBuffer)
            {
                held.OwnsBuffer = false;
                Ports!.Lose(ref held.Frame, held.Port);
            }

            return;
        }

        if (held.OwnsBuffer)
        {
            Ports!.Free(ref held.Frame, held.Port);
        }

        int parent = held.Parent;
        Free(number);
        if (parent != None)
        {
            Answered(parent, LaneDuty.None);
        }
    }

    private void Free(int number)
    {
        ref HeldPacket held = ref _packets[number];
        held.State = HeldState.Free;
        if (held.HasPinned)
        {
            held.HasPinned = false;
            _pinnedCount--;
        }

        _free[_freeCount++] = (ushort)number;
    }

    private void FreePinned()
    {
        ulong oldest = _pinned.Tail;
        for (int i = 0; i < Max && _pinnedCount > 0; i++)
        {
            ref HeldPacket held = ref _packets[i];
            oldest = held.HasPinned ? Math.Min(oldest, held.PinnedFrom) : oldest;
        }

        _pinned.FreeUntil(oldest);
    }

    private void ForgetPinned()
    {
        for (int i = 0; i < Max; i++)
        {
            _packets[i].HasPinned = false;
        }

        _pinnedCount = 0;
    }
}

/// <summary>What waits for an NF's answer besides the buffer.</summary>
[Flags]
internal enum LaneDuty : byte
{
    None = 0,

    /// <summary>The packet.</summary>
    Gate = 1,

    /// <summary>The flow's next packet.</summary>
    Doubt = 2,
}
