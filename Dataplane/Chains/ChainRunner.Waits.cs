using System.Diagnostics;
using System.Numerics;
using Dataplane.Chains.Parallel;
using Dataplane.Native.Threads;

namespace Dataplane.Chains;

/// <content>Where the worker waits for NFs on other cores; while it does it goes on taking their answers.
/// </content>
public sealed partial class ChainRunner
{
    private const int TurnsBeforeYield = 3_000;
    private const int TurnsBeforeSleep = 4_000;
    private const int SpinTurns = 1;
    private const int SleepMicroseconds = 20;
    private const int WatchEvery = 256;

    /// <summary>The packet before is done; the next one may wait for its turn.</summary>
    private void TakeTurn(uint slot)
    {
        LetGo();
        AwaitTurn(slot);
    }

    /// <summary>Before a packet: its flow's answers are in, and there is room for what it may
    /// raise.</summary>
    private void AwaitTurn(uint slot)
    {
        if (_held!.IsAnyInDoubt && _held.IsInDoubt(slot))
        {
            Serve();
            while (_held.IsInDoubt(slot))
            {
                AwaitAnswers();
            }
        }

        foreach (NfLane lane in _lanes)
        {
            if (!lane.Sheds && !lane.HasRoom)
            {
                AwaitRoom(lane);
            }
        }

        if (_held.FreeCount == 0)
        {
            AwaitPlace();
        }
    }

    /// <summary>Back-pressure of those that hold most of the window.</summary>
    private void AwaitPlace()
    {
        foreach (NfLane lane in _lanes)
        {
            if (lane.VisitCount >= HeldPackets.Max / 2)
            {
                lane.Account.BlockedCount++;
                lane.Counts.QueueWaits++;
            }
        }

        while (_held!.FreeCount == 0)
        {
            AwaitAnswers();
        }
    }

    /// <summary>Before a flow ends or a timer speaks of it: everything said of it is done.</summary>
    private void AwaitTurnOf(uint slot)
    {
        if (_held is not null)
        {
            AwaitFlow(slot);
            AwaitTurn(slot);
        }
    }

    /// <summary>Back-pressure: the rest of the burst waits, and nothing is received, until the NF has caught
    /// up.</summary>
    private void AwaitRoom(NfLane lane)
    {
        lane.Account.BlockedCount++;
        lane.Counts.QueueWaits++;
        while (!lane.HasRoom && !lane.IsDetached)
        {
            AwaitAnswers();
        }
    }

    /// <summary>Waits until what NFs answered about a flow has been done.</summary>
    private void AwaitFlow(uint slot)
    {
        while (_held is not null && _held.IsHeld(slot))
        {
            AwaitAnswers();
        }
    }

    /// <summary>As AwaitFlow, in the middle of a packet or of a flow's end: what is being handled stays.
    /// </summary>
    private void AwaitInside(uint slot, Awaited awaited)
    {
        if (_held is null)
        {
            return;
        }

        var current = (_burst, _packetIndex, HasPacket, _slot, _timeNs, _chain, _verdict, _droppedBy, _nf,
            _event, _heldNumber, _viewNumber);
        while (_held is not null
            && (awaited == Awaited.Everything ? _held.IsHeld(slot) : _held.IsInDoubt(slot)))
        {
            AwaitAnswers();
        }

        (_burst, _packetIndex, HasPacket, _slot, _timeNs, _chain, _verdict, _droppedBy, _nf,
            _event, _heldNumber, _viewNumber) = current;
    }

    /// <summary>Which answers about a flow are waited for.</summary>
    private enum Awaited : byte
    {
        Everything,

        /// <summary>Those that may switch something on.</summary>
        Doubts,
    }

    private void AwaitAnswers()
    {
        int turns = 0;
        while (!Serve())
        {
            Pause(ref turns);
            if (turns % WatchEvery == 0 && Watch())
            {
                return;
            }
        }
    }

    private void Pause(ref int turns)
    {
        _laneHost.Wake();
        if (++turns < TurnsBeforeYield)
        {
            Thread.SpinWait(SpinTurns);
        }
        else if (turns < TurnsBeforeSleep)
        {
            Thread.Yield();
        }
        else
        {
            ShortSleep.ForMicroseconds(SleepMicroseconds);
        }
    }

    /// <summary>Waits for the NFs that must have answered before the walk goes on at the given links;
    /// false when there are none.</summary>
    private bool Join(ulong ahead)
    {
        int place = ahead == 0
            ? _chain.JoinsBefore.Length - 1
            : _chain.Chain.Links.Links[BitOperations.TrailingZeroCount(ahead)].Nf;
        ulong due = _visited & _chain.JoinsBefore[place];
        _visited &= ~due;
        for (ulong left = due; left != 0; left &= left - 1)
        {
            NfLane lane = _chain.Lanes[BitOperations.TrailingZeroCount(left)]!;
            JoinOne(lane);
            HearItself(lane);
        }

        return due != 0;
    }

    /// <summary>What an NF says to itself it hears before anybody else hears or says more, as on one
    /// core.</summary>
    private void HearItself(NfLane lane)
    {
        int nf = lane.Function.Index;
        ulong own = _chain.Chain.Links.LinksOf(nf);
        while ((_bus.WantedByAny() & own) != 0)
        {
            _nf = nf;
            SendTo(lane, own);
            JoinOne(lane);
        }

        _visited &= ~(1UL << nf);
    }

    private void JoinOne(NfLane lane)
    {
        int turns = 0;
        while (lane.VisitCount > 0)
        {
            if (lane.TryTakeAnswer(out LaneAnswer answer))
            {
                TakeNow(lane, answer);
            }
            else if (lane.IsDetached)
            {
                GiveUp(lane);
            }
            else
            {
                Pause(ref turns);
                _ = turns % WatchEvery == 0 && Watch();
            }
        }
    }

    /// <summary>True when an NF was found to hang and was detached.</summary>
    private bool Watch()
    {
        long now = Stopwatch.GetTimestamp();
        bool isAnyDetached = false;
        foreach (NfLane lane in _lanes)
        {
            ref LaneAccount account = ref lane.Account;
            ulong progress = lane.Progress;
            bool isInside = (progress & 1) != 0 && progress == account.SeenProgress && !account.IsDetached;
            if (!isInside)
            {
                (account.SeenProgress, account.SeenAt) = (progress, now);
            }
            else if (now - account.SeenAt > Stopwatch.Frequency && _laneHost.TryAbandon(lane))
            {
                account.IsDetached = true;
                isAnyDetached = true;
            }
        }

        return isAnyDetached;
    }
}
