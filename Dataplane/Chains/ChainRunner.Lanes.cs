using System.Runtime.CompilerServices;
using Dataplane.Chains.Parallel;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Chains;

/// <content>NFs on other cores: events to them, waiting where the plan says so, packets that leave later.
/// </content>
public sealed partial class ChainRunner
{
    private const int None = -1;

    private readonly LaneItem[] _visit = new LaneItem[EventBus.CapacityMax];
    private readonly PacketBurst _lateBurst = new() { Count = 1 };
    private readonly LaneThreads _laneThreads;
    private HeldPackets? _held;
    private IHeldPackets? _ports;
    private NfLane[] _lanes = [];
    private ulong _visited;
    private int _heldNumber = None;
    private int _serves;
    private int _overflowTurns;

    /// <summary>True when an NF runs on another core.</summary>
    public bool HasLanes => _lanes.Length != 0;

    /// <summary>True while an answer may change what the next packet of some flow raises.</summary>
    public bool IsAnyInDoubt => _held is { IsAnyInDoubt: true };

    /// <summary>True while NFs on other cores hold packets, or have not answered about events.</summary>
    public bool IsHolding => _held is { Count: > 0 };

    /// <summary>Buffers that an NF which hangs may still look at: never used again.</summary>
    public int LostBufferCount => _held?.LostCount ?? 0;

    /// <summary>Bytes or events that found no room on their way to an NF on another core.</summary>
    public ulong PinnedLostCount { get; private set; }

    /// <summary>Says who lets held packets leave.</summary>
    public void LeaveBy(IHeldPackets ports)
    {
        _ports = ports;
        if (_held is not null)
        {
            _held.Ports = ports;
        }
    }

    /// <summary>Takes the current packet over where an NF holds it or others wait before it: it leaves by
    /// <see cref="IHeldPackets"/>. False: it may leave now.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryHold(ref Packet packet, DropReason reason, byte port) =>
        _held is not null && TryHoldLate(ref packet, reason, port);

    private bool TryHoldLate(ref Packet packet, DropReason reason, byte port)
    {
        int number = _heldNumber;
        _heldNumber = None;
        if (number == None)
        {
            if (!_held!.IsAnyWaiting)
            {
                return false;
            }

            while (!_held.TryTake(out number))
            {
                AwaitAnswers();
            }

            _held[number].Slot = FlowTable.None;
        }

        _held!.Leave(number, ref packet, reason, port);
        return true;
    }

    /// <summary>Waits for everybody's answer about the current packet, which then is not held; answers the
    /// reason why it goes no further.</summary>
    public DropReason Settle(DropReason reason)
    {
        int number = _heldNumber;
        if (number == None)
        {
            return reason;
        }

        while (_held![number].Holds > 0)
        {
            AwaitAnswers();
        }

        _heldNumber = number;
        DropReason late = _held[number].Reason;
        LetGo();
        return reason == DropReason.None ? late : reason;
    }

    /// <summary>Between packets: takes what NFs on other cores have answered; true when there was
    /// anything.</summary>
    public bool Serve()
    {
        if (_held is null)
        {
            return false;
        }

        bool hasServed = false;
        foreach (NfLane lane in _lanes)
        {
            hasServed |= ServeLane(lane);
        }

        if (++_serves % WatchEvery == 0)
        {
            Watch();
        }

        return hasServed;
    }

    /// <summary>Wakes NFs that sleep although events wait for them; at the end of a burst.</summary>
    public void WakeLanes()
    {
        if (_held is not null)
        {
            _laneThreads.Wake();
        }
    }

    /// <summary>Waits until every NF on another core has answered about everything.</summary>
    public void Drain()
    {
        LetGo();
        while (IsHolding || Array.Exists(_lanes, lane => lane.ItemCount > 0))
        {
            AwaitAnswers();
        }

        TellOfLanes(_timeNs);
    }

    /// <summary>Hands all events of the round that the NF wants over to its thread.</summary>
    private void SendTo(NfLane lane, ulong port)
    {
        int count = 0;
        for (int i = 0; i < _bus.Count; i++)
        {
            ref ulong wanted = ref _bus.WantedBy(i);
            ulong taken = wanted & port;
            wanted &= ~port;
            ref readonly EventRecord record = ref _bus[i];
            bool isFor = taken != 0 && !(_nf > _droppedBy && IsHiddenByDrop(in record))
                && lane.Handles(record.TypeId) && !lane.IsDetached;
            if (isFor && (count > 0 || CanSend(lane)))
            {
                Fill(ref _visit[count], i, taken);
                count++;
            }
        }

        if (count == 0)
        {
            return;
        }

        _visit[count - 1].Word = LaneWord.LastEvent;
        ref HeldPacket held = ref _held![_heldNumber];
        LaneDuty duty = HasPacket ? lane.Duty : lane.Duty & ~LaneDuty.Gate;
        duty |= (lane.Function.SwitchesOn & ~_flows[_slot].LinkMask) != 0 ? LaneDuty.Doubt : 0;
        held.Holds++;
        held.Gates += (duty & LaneDuty.Gate) != 0 ? 1 : 0;
        if ((duty & LaneDuty.Doubt) != 0)
        {
            _held.Doubt(_heldNumber);
        }

        while (lane.Space < count)
        {
            // More rounds than a packet should have: what was answered is put aside until the packet is done.
            lane.PutAside();
            Pause(ref _overflowTurns);
        }

        _visited |= lane.Function.Placement.JoinBefore != NfPlacement.Never ? 1UL << _nf : 0;
        lane.Send(_visit.AsSpan(0, count), duty);
    }

    private bool CanSend(NfLane lane)
    {
        bool isFull = lane.Sheds && (lane.VisitCount >= NfLane.ShedVisitMax || !lane.HasRoom);
        if (isFull || !TryHoldCurrent())
        {
            lane.ShedCount++;
            lane.Counts.Shed++;
            return false;
        }

        return true;
    }

    private bool TryHoldCurrent()
    {
        if (_heldNumber != None)
        {
            return true;
        }

        if (!_held!.TryTake(out _heldNumber))
        {
            return false;
        }

        ref HeldPacket held = ref _held[_heldNumber];
        held.Packet = CurrentPacket;
        held.Flow = _flows[_slot];
        held.Key = _flows.KeyOf(_slot);
        held.Slot = _slot;
        held.HasPacket = HasPacket;
        held.LastEventNumber = _bus.LastEventNumber;
        if (_chain.WantsSnapshots)
        {
            held.Client = _streams.Snapshot(_slot, Side.Client, in _flows[_slot]);
            held.Server = _streams.Snapshot(_slot, Side.Server, in _flows[_slot]);
            held.HasSnapshots = true;
        }

        // A datagram put together from fragments lies where the next one will be.
        if (HasPacket && (held.Packet.Flags & PacketFlags.Reassembled) != 0)
        {
            held.Packet.Frame = Pin(held.Packet.Frame);
        }

        return true;
    }

    private void Fill(ref LaneItem item, int index, ulong wanted)
    {
        item.Record = _bus[index];
        item.Wanted = wanted;
        item.Held = (ushort)_heldNumber;
        item.Index = (ushort)index;
        item.Word = LaneWord.Event;
        PacketBytes bytes = _bus.BytesOf(index);
        item.Bytes = bytes.IsEmpty || IsInPacket(bytes) ? bytes : Pin(bytes);
        ReadOnlySpan<byte> side = _bus.SideBlockOf(index);
        item.SideBlock = side.IsEmpty ? default : Pin(side);
    }

    private bool IsInPacket(PacketBytes bytes)
    {
        if (!HasPacket || (CurrentPacket.Flags & PacketFlags.Reassembled) != 0)
        {
            return false;
        }

        PacketBytes frame = CurrentPacket.Frame;
        return bytes.Address >= frame.Address
            && bytes.Address + (nuint)bytes.Length <= frame.Address + (nuint)frame.Length;
    }

    private PacketBytes Pin(PacketBytes bytes) => Pin(bytes.Span);

    private PacketBytes Pin(ReadOnlySpan<byte> bytes)
    {
        if (_held!.TryPin(_heldNumber, bytes, out PacketBytes copy))
        {
            return copy;
        }

        PinnedLostCount++;
        return default;
    }
}
