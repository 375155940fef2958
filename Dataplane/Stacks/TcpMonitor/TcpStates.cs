using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>The state machine of RFC 9293, 3.3.2 and 3.10.7, as one sees it from the middle of the
/// path.</summary>
/// <remarks>
/// The sender's half moves when the segment passes, the receiver's when it would take the segment. What an
/// end
/// does without sending (its application closes) shows with its next segment.
/// </remarks>
public static class TcpStates
{
    /// <summary>Moves both halves; returns what is odd about the segment.</summary>
    /// <param name="sender">The half that sent it.</param>
    /// <param name="receiver">The half that it goes to.</param>
    /// <param name="segment">The segment, which the halves' numbers contain already.</param>
    /// <param name="expected">The sender's next number before it.</param>
    public static TcpFindings Advance(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment, uint expected)
    {
        TcpFindings findings = Oddities(in sender, in receiver, in segment);
        if (segment.HasReset)
        {
            findings |= Reset(ref sender, ref receiver, in segment, expected);
            return findings;
        }
        if (segment.HasSyn)
        {
            return findings | Synchronize(ref sender, ref receiver, in segment);
        }
        if (segment.HasAck)
        {
            Acknowledge(ref sender, ref receiver, in segment);
        }
        Receive(ref receiver, in segment);
        if (segment.HasFin)
        {
            bool isFirst = ((sender.Flags | receiver.Flags) & TcpHalfFlags.FinSent) == 0;
            findings |= isFirst ? TcpFindings.HalfClosed : TcpFindings.None;
            findings |= sender.CountFin() ? TcpFindings.FinStorm : TcpFindings.None;
            sender.State = AfterSendingFin(sender.State);
            sender.FinSequence = segment.Sequence + segment.PayloadLength;
            sender.Flags |= TcpHalfFlags.FinSent;
        }
        if (sender.Has(TcpHalfFlags.FinSent) && !receiver.Has(TcpHalfFlags.FinReceived)
            && receiver.ReceiveNext == sender.FinSequence)
        {
            TakeFin(ref receiver, sender.FinSequence);
        }
        return findings;
    }

    private static TcpFindings Oddities(
        ref readonly TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        const byte OddFlags = TcpSegment.Syn | TcpSegment.Reset | TcpSegment.Urgent;
        bool afterReset = (sender.Flags & TcpHalfFlags.ResetSent) != 0;
        if ((segment.Flags & OddFlags) == 0 && !afterReset)
        {
            return TcpAcceptance.IsOutsideWindow(in receiver, in segment)
                ? TcpFindings.OutOfWindow
                : TcpFindings.None;
        }
        TcpFindings findings = TcpFindings.None;
        if (segment.PayloadLength != 0)
        {
            findings |= segment.HasSyn ? TcpFindings.DataOnSyn : 0;
            findings |= segment.HasReset ? TcpFindings.DataWithReset : 0;
            findings |= afterReset && !segment.HasReset ? TcpFindings.DataAfterReset : 0;
        }
        return findings | ((segment.Flags & TcpSegment.Urgent) != 0 ? TcpFindings.Urgent : 0);
    }

    private static TcpFindings Reset(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment, uint expected)
    {
        sender.Flags |= TcpHalfFlags.ResetSent;
        TcpFindings storm = sender.CountReset() ? TcpFindings.ResetStorm : TcpFindings.None;
        bool isNext = receiver.State > TcpState.SynSent && segment.Sequence == expected;
        if (!isNext && !TcpAcceptance.TakesReset(in receiver, in segment))
        {
            return storm | TcpFindings.Challenge | TcpFindings.ResetInject;
        }
        bool isRejected = receiver.State == TcpState.SynSent;
        sender.State = TcpState.Closed;
        receiver.State = TcpState.Closed;
        return storm | (isRejected ? TcpFindings.Rejected : TcpFindings.None);
    }

    private static TcpFindings Synchronize(ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment)
    {
        if (sender.State > TcpState.SynReceived && sender.State != TcpState.TimeWait
            && receiver.State > TcpState.SynReceived)
        {
            return TcpFindings.Challenge; // RFC 5961, 4: an established receiver answers with an ACK
        }

        TcpFindings findings = TcpAcceptance.ContradictsHandshake(in receiver, in segment)
            ? TcpFindings.HandshakeInject
            : TcpFindings.None;
        receiver.ReceiveNext = segment.Sequence + 1 + segment.PayloadLength;
        receiver.Flags |= TcpHalfFlags.HasReceived;
        if (segment.HasAck)
        {
            sender.State = sender.State == TcpState.Established ? sender.State : TcpState.SynReceived;
            receiver.State = receiver.State == TcpState.SynReceived ? receiver.State : TcpState.Established;
            return findings;
        }
        bool isAnswer = receiver.State == TcpState.SynSent; // both began: RFC 9293, 3.5, figure 7
        sender.State = sender.State == TcpState.SynReceived ? sender.State : TcpState.SynSent;
        receiver.State = TcpState.SynReceived;
        return isAnswer ? TcpFindings.SplitHandshake : TcpFindings.None;
    }

    /// <summary>Third step of the handshake, and acknowledgments of the receiver's FIN.</summary>
    private static void Acknowledge(ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment)
    {
        if (receiver.State is TcpState.Established && sender.State is TcpState.Established)
        {
            TakeProof(ref sender, in receiver, in segment);
            return;
        }
        if (sender.State == TcpState.Closed && receiver.State == TcpState.Closed)
        {
            StartMidstream(ref sender, ref receiver);
        }
        if (sender.State is TcpState.SynSent or TcpState.Listen || (sender.State == TcpState.Closed
            && receiver.State != TcpState.Closed))
        {
            // It could not acknowledge unless it had got an answer that did not pass here.
            sender.State = TcpState.Established;
        }
        if (receiver.State is TcpState.SynReceived)
        {
            receiver.State = TcpState.Established;
        }
        TakeProof(ref sender, in receiver, in segment);
        if (receiver.Has(TcpHalfFlags.FinSent)
            && SequenceNumber.IsAfter(segment.Acknowledgment, receiver.FinSequence))
        {
            receiver.State = receiver.State switch
            {
                TcpState.FinWait1 => TcpState.FinWait2,
                TcpState.Closing => TcpState.TimeWait,
                TcpState.LastAck => TcpState.Closed,
                _ => receiver.State,
            };
        }
    }

    private static void StartMidstream(ref TcpHalf sender, ref TcpHalf receiver)
    {
        if (((sender.Flags | receiver.Flags) & (TcpHalfFlags.ResetSent | TcpHalfFlags.FinSent)) != 0)
        {
            return; // an echo of a connection that has ended
        }
        sender.State = receiver.State = TcpState.Established;
        sender.Origin = sender.Origin == TcpOrigin.Resumed ? sender.Origin : TcpOrigin.Midstream;
        receiver.Origin = receiver.Origin == TcpOrigin.Resumed ? receiver.Origin : TcpOrigin.Midstream;
    }

    /// <summary>What the sender acknowledges it has received, seen by us or not.</summary>
    private static void TakeProof(ref TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        if (!sender.Has(TcpHalfFlags.HasReceived))
        {
            sender.ReceiveNext = segment.Acknowledgment;
            sender.Flags |= TcpHalfFlags.HasReceived;
        }
        else if (SequenceNumber.IsAfter(segment.Acknowledgment, sender.ReceiveNext))
        {
            sender.ReceiveNext = segment.Acknowledgment;
        }
        if (receiver.Has(TcpHalfFlags.FinSent) && !sender.Has(TcpHalfFlags.FinReceived)
            && SequenceNumber.IsAfter(sender.ReceiveNext, receiver.FinSequence))
        {
            TakeFin(ref sender, receiver.FinSequence);
        }
    }

    private static void Receive(ref TcpHalf receiver, in TcpSegment segment)
    {
        if (!receiver.Has(TcpHalfFlags.HasReceived))
        {
            receiver.ReceiveNext = segment.Sequence;
            receiver.Flags |= TcpHalfFlags.HasReceived;
        }
        uint end = segment.Sequence + segment.PayloadLength;
        if (SequenceNumber.IsAtOrBefore(segment.Sequence, receiver.ReceiveNext)
            && SequenceNumber.IsAfter(end, receiver.ReceiveNext))
        {
            receiver.ReceiveNext = end;
        }
    }

    private static void TakeFin(ref TcpHalf half, uint finSequence)
    {
        half.Flags |= TcpHalfFlags.FinReceived;
        half.ReceiveNext = finSequence + 1;
        half.State = half.State switch
        {
            TcpState.SynReceived or TcpState.Established => TcpState.CloseWait,
            TcpState.FinWait1 => TcpState.Closing,
            TcpState.FinWait2 => TcpState.TimeWait,
            _ => half.State,
        };
    }

    private static TcpState AfterSendingFin(TcpState state) => state switch
    {
        TcpState.SynSent or TcpState.SynReceived or TcpState.Established => TcpState.FinWait1,
        TcpState.CloseWait => TcpState.LastAck,
        _ => state,
    };
}
