using System.Numerics;
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
    private readonly ILaneHost _laneHost;
    private HeldPackets? _held;
    private IHeldPackets? _ports;
    private NfLane[] _lanes = [];
    private ulong _visited;
    private int _heldNumber = None;
    private int _viewNumber = None;
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
            _held[number].Generation = 0;
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
            _laneHost.Wake();
        }
    }

    /// <summary>Waits until every NF on another core has answered about everything.</summary>
    public void Drain()
    {
        LetGo();
        while (IsHolding || Array.Exists(_lanes, lane => lane.Account.ItemCount > 0))
        {
            AwaitAnswers();
        }

        TellOfLanes(_timeNs);
    }

    /// <summary>Before an NF works here, those behind it on other cores begin that need not come after it.
    /// </summary>
    /// <param name="place">The NF that is next.</param>
    /// <param name="ahead">Links from there on that want something.</param>
    /// <returns>Links that have got it.</returns>
    private ulong SendAhead(int place, ulong ahead)
    {
        ulong early = _chain.Lanes[place] is null ? ahead & _chain.EarlyLinks[place] : 0;
        ulong sent = 0;
        while (early != 0)
        {
            int nf = _chain.Chain.Links.NfOf(BitOperations.TrailingZeroCount(early));
            ulong port = _chain.Chain.Links.LinksOf(nf);
            early &= ~port;
            if ((_visited & _chain.Chain.Functions[nf].Placement.Behind) == 0)
            {
                _nf = nf;
                SendTo(_chain.Lanes[nf]!, port);
                sent |= port;
            }
        }

        if (sent != 0)
        {
            _laneHost.Wake();
        }

        return sent;
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
                Fill(ref _visit[count], i, taken, lane.Account.SwitchCount);
                count++;
            }
        }

        if (count == 0)
        {
            return;
        }

        _visit[count - 1].Word = LaneWord.LastEvent;
        LaneDuty duty = HasPacket ? lane.Duty : lane.Duty & ~LaneDuty.Gate;
        duty |= lane.IsInDoubt(_flows[_slot].LinkMask) ? LaneDuty.Doubt : 0;
        _held!.Hold(_viewNumber, duty);
        while (lane.SpaceFor(count) < count)
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
            lane.Account.ShedCount++;
            lane.Counts.Shed++;
            return false;
        }

        return true;
    }

    /// <summary>The packet's place and, in it, what NFs read. Each round of deliveries has a view of its own,
    /// because the stack may have gone on in between.</summary>
    private bool TryHoldCurrent()
    {
        if (_viewNumber != None)
        {
            return true;
        }

        if (!_held!.TryTake(out int number))
        {
            _viewNumber = _heldNumber; // an older view is better than none
            return _viewNumber != None;
        }

        _viewNumber = number;
        ref HeldPacket held = ref _held[number];
        held.Slot = _slot;
        held.Generation = _flows[_slot].Generation;
        View(ref held.View);

        // A datagram put together from fragments lies where the next one will be.
        if (HasPacket && (held.View.Packet.Flags & PacketFlags.Reassembled) != 0)
        {
            held.View.Packet.Frame = Pin(held.View.Packet.Frame);
        }

        if (_heldNumber == None)
        {
            _heldNumber = number;
        }
        else
        {
            _held.Open(number, _heldNumber);
        }

        return true;
    }

    private void View(ref HeldView view)
    {
        view.Packet = CurrentPacket;
        view.Flow = _flows[_slot];
        view.Key = _flows.KeyOf(_slot);
        view.HasPacket = HasPacket;
        view.LastEventNumber = _bus.LastEventNumber;
        view.FlowCount = _flows.Count;
        if (_chain.WantsSnapshots)
        {
            view.Client = _streams.Snapshot(_slot, Side.Client, in _flows[_slot]);
            view.Server = _streams.Snapshot(_slot, Side.Server, in _flows[_slot]);
            view.HasSnapshots = true;
        }
    }

    private void CloseView()
    {
        if (_viewNumber != None && _viewNumber != _heldNumber)
        {
            _held!.Answered(_viewNumber, LaneDuty.None);
        }

        _viewNumber = None;
    }

    private void Fill(ref LaneItem item, int index, ulong wanted, uint switchCount)
    {
        item.Record = _bus[index];
        item.Wanted = wanted;
        item.LinkMask = _flows[_slot].LinkMask;
        item.SwitchCount = switchCount;
        item.Held = (ushort)_viewNumber;
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
        if (_held!.TryPin(_viewNumber, bytes, out PacketBytes copy))
        {
            return copy;
        }

        PinnedLostCount++;
        return default;
    }
}
