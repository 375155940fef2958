using System.Text;
using Dataplane.Chains.Parallel;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Chains;

/// <content>What comes back from NFs on other cores. The worker alone numbers, distributes and switches.
/// </content>
public sealed partial class ChainRunner
{
    private bool ServeLane(NfLane lane)
    {
        bool hasServed = false;
        while (lane.TryTakeAnswer(out LaneAnswer answer))
        {
            TakeLate(lane, answer);
            hasServed = true;
        }

        if (lane.IsDetached && lane.Account.ItemCount > 0)
        {
            GiveUp(lane);
            hasServed = true;
        }

        return hasServed;
    }

    /// <summary>An answer about the packet that is being handled: as if the NF had run here.</summary>
    private void TakeNow(NfLane lane, LaneAnswer answer)
    {
        lane.Account.ItemCount -= answer.Items;
        if (answer.Held == LaneAnswer.NoPacket)
        {
            TakeFailure(lane, answer.SaidCount);
            return;
        }

        (int nf, int handled) = (_nf, _event);
        _nf = lane.Function.Index;
        for (int i = 0; i < answer.SaidCount && lane.TryTakeSaid(out LaneSaid said); i++)
        {
            _event = said.Cause;
            Do(lane, in said);
        }

        Obey(answer.Verdict);
        (_nf, _event) = (nf, handled);
        (ushort held, LaneDuty duty) = lane.NextVisit();
        _held!.Answered(held, duty);
    }

    /// <summary>An answer about a packet whose handling is over; nobody in the chain waits for it.</summary>
    private void TakeLate(NfLane lane, LaneAnswer answer)
    {
        lane.Account.ItemCount -= answer.Items;
        if (answer.Held == LaneAnswer.NoPacket)
        {
            TakeFailure(lane, answer.SaidCount);
            return;
        }

        (ushort number, LaneDuty duty) = lane.NextVisit();
        ref HeldPacket held = ref _held![number];
        bool isAlive = IsAlive(lane, in held);
        bool isOwed = _putOff.Contains(held.Slot) && !_held.IsInDoubtBeside(number, duty);
        if (answer.SaidCount > 0 || isOwed)
        {
            BeginLate(lane, ref held, number);
            for (int i = 0; i < answer.SaidCount && lane.TryTakeSaid(out LaneSaid said); i++)
            {
                DoLate(lane, in said, in held, isAlive);
            }

            FinishLate(isAlive, duty);
        }

        ObeyLate(lane, answer.Verdict, number, isAlive);
        _held.Answered(number, duty);
    }

    private bool IsAlive(NfLane lane, ref readonly HeldPacket held)
    {
        ref readonly FlowEntry flow = ref _flows[held.Slot];
        return flow.InUse && flow.Generation == held.Generation
            && flow.Plan == lane.Owner.Chain.Number;
    }

    private void BeginLate(NfLane lane, ref readonly HeldPacket held, int number)
    {
        _lateBurst[0] = held.View.Packet;
        (_burst, _packetIndex, HasPacket) = (_lateBurst, 0, held.View.HasPacket);
        _slot = held.Slot;
        _timeNs = held.View.Packet.TimestampNs;
        (_verdict, _droppedBy) = (Verdict.Pass, int.MaxValue);
        _chain = lane.Owner;
        _nf = lane.Function.Index;
        (_heldNumber, _viewNumber) = (number, number);
    }

    private void FinishLate(bool isAlive, LaneDuty duty)
    {
        if (isAlive && _bus.Count != 0)
        {
            DeliverPending();
        }

        if (isAlive && (_isMaskChanged || _putOff.Contains(_slot)))
        {
            SettleUnless(_held!.IsInDoubtBeside(_heldNumber, duty));
        }

        _isMaskChanged = false;
        (_heldNumber, _viewNumber) = (None, None);
    }

    private void Do(NfLane lane, ref readonly LaneSaid said)
    {
        switch (said.Word)
        {
            case SaidWord.SwitchedOn:
                lane.Account.SwitchCount++;
                SwitchOn(said.Links);
                break;
            case SaidWord.SwitchedOff:
                lane.Account.SwitchCount++;
                SwitchOff(said.Links);
                break;
            case SaidWord.Failed:
                Fail(lane, in said);
                break;
            default:
                ulong wanted =
                    _bus.Wanted(said.Record.TypeId, in _flows[_slot], said.Record.Sender, Side.None);
                if (wanted != 0 || IsNoticeType[said.Record.TypeId])
                {
                    _bus.CollectSaid(
                        in said.Record, wanted, lane.Owner.Chain.Number, SideOf(in said));
                }

                break;
        }
    }

    private void DoLate(NfLane lane, ref readonly LaneSaid said, ref readonly HeldPacket held, bool isAlive)
    {
        if (isAlive || said.Word == SaidWord.Failed)
        {
            Do(lane, in said);
        }
        else if (said.Word is SaidWord.SwitchedOn or SaidWord.SwitchedOff)
        {
            lane.Account.SwitchCount++;
        }
        else if (said.Word == SaidWord.Published && IsNoticeType[said.Record.TypeId]
            && (said.Record.Flags & EventFlags.Unnoticed) == 0)
        {
            // The flow is gone; people hear of it as it was.
            _bus.CollectSaid(in said.Record, 0, lane.Owner.Chain.Number, SideOf(in said));
            var notice = new Notice(
                in _bus[0], SideOf(in said), lane.Function, lane.Owner.Chain, in held.View.Flow,
                in held.View.Key,
                in held.View.Packet, held.View.HasPacket ? PacketPresence.Present : PacketPresence.Absent);
            _notices.Accept(in notice);
            _bus.EndDelivery();
        }
    }

    private void ObeyLate(NfLane lane, Verdict verdict, int number, bool isAlive)
    {
        if (verdict < Verdict.DropFlow || (lane.Duty & LaneDuty.Gate) == 0)
        {
            return;
        }

        ref HeldPacket packet = ref _held![_held.PacketOf(number)];
        if (packet.Reason == DropReason.None)
        {
            packet.Reason = verdict == Verdict.DropFlow ? DropReason.NfDropFlow : DropReason.NfRejectFlow;
        }

        if (isAlive)
        {
            _flows[packet.Slot].Flags |= FlowFlags.DropAll;
        }
    }

    private static ReadOnlySpan<byte> SideOf(ref readonly LaneSaid said)
    {
        ReadOnlySpan<byte> side = said.Side;
        return side[..said.SideLength];
    }

    private void TakeFailure(NfLane lane, int saidCount)
    {
        for (int i = 0; i < saidCount && lane.TryTakeSaid(out LaneSaid said); i++)
        {
            Fail(lane, in said);
        }
    }

    private void Fail(NfLane lane, ref readonly LaneSaid said) =>
        TakeOut(lane.Owner, lane.Function.Index, Encoding.UTF8.GetString(SideOf(in said)), (uint)said.Links);

    /// <summary>The NF hangs: nobody waits for it any more. The packet that it is busy with is lost, the
    /// others are not.</summary>
    private void GiveUp(NfLane lane)
    {
        bool isFirst = true;
        while (lane.VisitCount > 0)
        {
            (ushort number, LaneDuty duty) = lane.NextVisit();
            if ((duty & LaneDuty.Gate) != 0 && lane.Function.OnFault == OnFault.Closed)
            {
                _held![_held.PacketOf(number)].Reason = DropReason.NfDropFlow;
            }

            if (isFirst)
            {
                _held!.Lose(number, duty);
            }
            else
            {
                _held!.Answered(number, duty);
            }

            isFirst = false;
        }

        lane.Account.ItemCount = 0;
        _nf = lane.Function.Index;
        TakeOut(lane.Owner, lane.Function.Index, "It has not returned for a second.", 0);
    }

    /// <summary>In the middle of a packet: what NFs said of the connection before is done first.</summary>
    private void TellRenewed(uint slot, ref readonly FlowEntry flow)
    {
        if (!_chain.HasLanes)
        {
            return;
        }

        AwaitInside(slot, Awaited.Everything);

        foreach (NfLane? lane in _chain.Lanes)
        {
            if (lane is { IsDetached: false })
            {
                LaneItem item = default;
                item.Record.Flow = FlowId.Of(_worker, slot);
                item.Record.Generation = flow.Generation;
                item.Word = LaneWord.Renewed;
                SendWord(lane, in item);
            }
        }
    }

    private static void SendTick(NfLane lane, long timeNs)
    {
        if (lane.HasRoom && !lane.IsDetached)
        {
            LaneItem item = default;
            item.Record.TimeNs = timeNs;
            item.Record.Flow = FlowId.None;
            item.Word = LaneWord.Tick;
            SendWord(lane, in item);
        }
    }

    private static void SendWord(NfLane lane, ref readonly LaneItem item)
    {
        if (lane.Items.TryEnqueue(in item))
        {
            lane.Account.ItemCount++;
        }
    }

    /// <summary>A few times a second: rings that were full, events that were shed.</summary>
    private void TellOfLanes(long timeNs)
    {
        foreach (NfLane lane in _lanes)
        {
            var about = new ChainEvent(lane.Function.Index);
            ref LaneAccount account = ref lane.Account;
            if (account.ShedCount != account.ShedAnnounced)
            {
                uint shed = (uint)Math.Min(account.ShedCount - account.ShedAnnounced, uint.MaxValue);
                account.ShedAnnounced = account.ShedCount;
                Tell(lane, new ChainOverload(about, shed, OverloadCause.NfRing), timeNs);
            }

            bool isFull = account.BlockedCount != 0;
            account.BlockedCount = 0;
            if (isFull != account.IsFull)
            {
                account.IsFull = isFull;
                Tell(lane, new ChainBackpressure(about, (byte)(isFull ? 1 : 0)), timeNs);
            }
        }

        Watch();
    }

    private void Tell<T>(NfLane lane, in T body, long timeNs)
        where T : unmanaged, IEvent
    {
        LinkTable links = lane.Owner.Links;
        ulong wanted = links.Wants(EventType<T>.Id, Side.None, Side.None) & links.InitialMask;
        (HasPacket, _chain, _nf) = (false, lane.Owner, lane.Function.Index);
        (_heldNumber, _viewNumber) = (None, None);
        (_verdict, _droppedBy, _timeNs) = (Verdict.Pass, int.MaxValue, timeNs);
        _bus.CollectWithoutPacket(wanted, in _flows[_slot], _slot, timeNs, Side.None, Side.None, in body);
        _bus[0].Flow = FlowId.None;
        DeliverPending();
        LetGo();
    }

    /// <summary>What had no packet to leave is over for the worker.</summary>
    private void LetGo()
    {
        if (_heldNumber != None)
        {
            _held!.Finish(_heldNumber);
            (_heldNumber, _viewNumber) = (None, None);
        }
    }

    private void ExchangeLanes(ChainInstance[] chains)
    {
        NfLane[] wanted = [.. chains.SelectMany(chain => chain.Lanes).OfType<NfLane>()];
        if (wanted.Length == 0 && _lanes.Length == 0)
        {
            return;
        }

        Drain();
        foreach (NfLane gone in _lanes.Except(wanted))
        {
            _laneHost.Remove(gone);
            gone.Settle(_flows);
        }

        _held ??= new HeldPackets();
        _held.Ports = _ports;
        var numbers = new Queue<int>(
            Enumerable.Range(0, ushort.MaxValue)
                .Except(wanted.Select(lane => lane.Number)).Take(wanted.Length));
        NfLane[] before = _lanes;
        _lanes = wanted;
        foreach (NfLane fresh in wanted.Except(before))
        {
            int number = numbers.Dequeue();
            fresh.Attach(number, _held, _records.ForOtherThread(number), _flows);
            _laneHost.Add(fresh);
        }
    }

    private void CloseLanes()
    {
        if (_held is not null)
        {
            Drain();
            _laneHost.Dispose();
            _lanes = [];
            _held.Dispose();
            _held = null;
        }
    }
}
