using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>RB-05: each state of a receiver × each set of flags × place in the window × acknowledgment,
/// against RFC 9293, 3.10.7 written down once more, plainly.</summary>
public sealed class StateTableTests
{
    private const uint Window = 1000, ReceiveNext = 50_000, SendNext = 900_000, SenderInitial = 40_000,
        ReceiverInitial = 890_000;

    /// <summary>Places of a segment in the receiver's window.</summary>
    private static readonly (string Name, uint Sequence)[] Places =
    [
        ("left edge", ReceiveNext), ("inside", ReceiveNext + 100), ("right edge", ReceiveNext + Window - 10),
        ("outside", ReceiveNext + Window + 1), ("old", ReceiveNext - 50), ("ancient", ReceiveNext - 5000),
    ];

    private static readonly (string Name, uint Number)[] Acknowledgments =
    [
        ("ok", SendNext), ("old", SendNext - 20), ("future", SendNext + 20), ("ancient", SendNext - 70_000),
    ];

    [Fact]
    public void No_cell_of_the_state_table_differs_from_the_model()
    {
        var differing = new List<string>();
        int cells = 0;
        foreach (TcpState state in Enum.GetValues<TcpState>().Where(s => s is not TcpState.Listen))
        {
            for (byte flags = 0; flags < 32; flags++)
            {
                foreach ((string place, uint sequence) in Places)
                {
                    foreach ((string ack, uint number) in Acknowledgments)
                    {
                        foreach (uint length in new uint[] { 0, 10 })
                        {
                            cells++;
                            var segment = new TcpSegment(sequence, number, length, 5, 500, flags);
                            (bool isTaken, TcpState after) = Monitor(state, in segment);
                            (bool isTakenByModel, TcpState afterByModel) = Model(state, in segment);
                            if (isTaken != isTakenByModel || after != afterByModel)
                            {
                                differing.Add($"{state} flags {flags:b5} {place} ack {ack} length {length}: "
                                    + $"taken {isTaken} {after}, model {isTakenByModel} {afterByModel}");
                            }
                        }
                    }
                }
            }
        }

        Assert.Equal(10 * 32 * 6 * 4 * 2, cells);
        Assert.True(differing.Count == 0, $"{differing.Count}:\n{string.Join('\n', differing.Take(30))}");
    }

    private static (bool IsTaken, TcpState After) Monitor(TcpState state, in TcpSegment segment)
    {
        (TcpHalf sender, TcpHalf receiver) = Halves(state);
        TcpTracker.Advance(ref sender, ref receiver, in segment, out TcpStep step, isStrict: true);
        return ((step.Findings & TcpFindings.Refused) == 0, receiver.State);
    }

    /// <summary>What the receiver does. It differs from the RFC where the monitor, who may have missed
    /// packets, cannot know: what is acknowledged beyond what was seen is believed; a SYN in SYN-RECEIVED or
    /// TIME-WAIT may begin a connection, which is asked before; old repeats are no error; a closed end is
    /// unknown.</summary>
    private static (bool IsTaken, TcpState After) Model(TcpState state, in TcpSegment segment)
    {
        if (state == TcpState.Closed)
        {
            return (true, AfterClosed(in segment));
        }
        bool isAckOfSyn = segment.Acknowledgment - ReceiverInitial - 1 < SendNext - ReceiverInitial;
        if (state == TcpState.SynSent)
        {
            return InSynSent(in segment, segment.Acknowledgment == ReceiverInitial + 1);
        }
        if (segment.HasReset)
        {
            return segment.Sequence == ReceiveNext ? (true, TcpState.Closed) : (false, state);
        }
        if (segment.HasSyn)
        {
            return (state is TcpState.SynReceived or TcpState.TimeWait, state);
        }
        if (!segment.HasAck)
        {
            return (false, state);
        }
        if (state == TcpState.SynReceived)
        {
            return isAckOfSyn ? (true, AfterAckAndFin(TcpState.Established, in segment)) : (false, state);
        }
        bool isOutside = segment.Sequence > ReceiveNext + Window
            || (segment.PayloadLength != 0
                && segment.Sequence + segment.PayloadLength + Window < ReceiveNext);
        bool isAckAncient = SendNext - segment.Acknowledgment is > 65_535 and < int.MaxValue;
        return isOutside || isAckAncient ? (false, state) : (true, AfterAckAndFin(state, in segment));
    }

    private static (bool, TcpState) InSynSent(in TcpSegment segment, bool isAckRight)
    {
        if (segment.HasReset)
        {
            bool isTaken = !segment.HasAck || isAckRight;
            return (isTaken, isTaken ? TcpState.Closed : TcpState.SynSent);
        }
        if (segment.HasAck && !isAckRight)
        {
            return (false, TcpState.SynSent);
        }
        if (segment.HasSyn)
        {
            return (true, segment.HasAck ? TcpState.Established : TcpState.SynReceived);
        }
        return (segment.PayloadLength != 0 || segment.HasFin, TcpState.SynSent);
    }

    private static TcpState AfterAckAndFin(TcpState state, in TcpSegment segment)
    {
        bool isFinAcknowledged = segment.Acknowledgment - SendNext < int.MaxValue;
        state = (state, isFinAcknowledged) switch
        {
            (TcpState.FinWait1, true) => TcpState.FinWait2,
            (TcpState.Closing, true) => TcpState.TimeWait,
            (TcpState.LastAck, true) => TcpState.Closed,
            _ => state,
        };
        bool isFinInTurn = segment.HasFin && segment.Sequence == ReceiveNext;
        return (state, isFinInTurn) switch
        {
            (TcpState.Established, true) => TcpState.CloseWait,
            (TcpState.FinWait1, true) => TcpState.Closing,
            (TcpState.FinWait2, true) => TcpState.TimeWait,
            _ => state,
        };
    }

    /// <summary>An end of which nothing is known: a segment shows where it stands.</summary>
    private static TcpState AfterClosed(in TcpSegment segment)
    {
        if (segment.HasReset)
        {
            return TcpState.Closed;
        }
        if (segment.HasSyn)
        {
            return segment.HasAck ? TcpState.Established : TcpState.SynReceived;
        }
        if (!segment.HasAck)
        {
            return TcpState.Closed;
        }
        return segment.HasFin ? TcpState.CloseWait : TcpState.Established;
    }

    /// <summary>The two halves when the receiver is in a state: all it sent was acknowledged but for a FIN,
    /// the sender has sent everything before ReceiveNext.</summary>
    private static (TcpHalf Sender, TcpHalf Receiver) Halves(TcpState state)
    {
        TcpHalf sender = default, receiver = default;
        if (state == TcpState.Closed)
        {
            return (sender, receiver);
        }
        const TcpHalfFlags Sent = TcpHalfFlags.HasInitial | TcpHalfFlags.HasSent | TcpHalfFlags.HasContiguous
            | TcpHalfFlags.SynSeen;
        receiver.State = state;
        receiver.Flags = Sent;
        receiver.InitialSequence = ReceiverInitial;
        receiver.SendNext = receiver.SendContiguous = SendNext;
        receiver.Window = (ushort)Window;
        receiver.WindowShift = TcpHalf.ShiftUnused;
        if (state == TcpState.SynSent)
        {
            receiver.SendNext = receiver.SendContiguous = ReceiverInitial + 1;
            return (sender, receiver);
        }
        receiver.Flags |= TcpHalfFlags.HasReceived;
        receiver.ReceiveNext = receiver.Acknowledged = ReceiveNext;
        sender.Flags = Sent | TcpHalfFlags.HasReceived;
        sender.InitialSequence = SenderInitial;
        sender.SendNext = sender.SendContiguous = ReceiveNext;
        sender.Acknowledged = sender.ReceiveNext = SendNext;
        (sender.Window, sender.WindowShift) = ((ushort)Window, TcpHalf.ShiftUnused);
        sender.State = state == TcpState.SynReceived ? TcpState.SynSent : TcpState.Established;
        if (state is TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing or TcpState.LastAck
            or TcpState.TimeWait)
        {
            receiver.Flags |= TcpHalfFlags.FinSent;
            receiver.FinSequence = sender.Acknowledged = sender.ReceiveNext = SendNext - 1;
        }
        if (state is TcpState.CloseWait or TcpState.Closing or TcpState.LastAck or TcpState.TimeWait)
        {
            sender.Flags |= TcpHalfFlags.FinSent;
            receiver.Flags |= TcpHalfFlags.FinReceived;
            sender.FinSequence = ReceiveNext - 1;
            sender.State = TcpState.FinWait1;
        }
        return (sender, receiver);
    }
}
