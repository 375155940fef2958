using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>Would the receiver take a segment? RFC 9293, 3.10.7; RFC 5961; RFC 7323, 5.</summary>
/// <remarks>
/// Pure. What passed by may be ahead of what has arrived, so only what no receiver takes is refused; old
/// repeats and bytes that a full receiver would cut are not.
/// </remarks>
public static class TcpAcceptance
{
    /// <summary>Why the receiver would not take the segment, with <see cref="TcpFindings.Refused"/>; None
    /// when
    /// it would.</summary>
    public static TcpFindings Refusal(
        ref readonly TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        if (segment.HasReset)
        {
            return ResetRefusal(in sender, in receiver, in segment);
        }
        if (receiver.State is TcpState.Closed or TcpState.Listen)
        {
            return TcpFindings.None;
        }
        if (receiver.State == TcpState.SynSent)
        {
            return AnswerRefusal(in receiver, in segment);
        }
        if (segment.HasSyn)
        {
            return SynRefusal(in sender, in receiver, in segment);
        }
        if (!segment.HasAck)
        {
            return TcpFindings.NoAckFlag | TcpFindings.Refused;
        }
        if (receiver.State == TcpState.SynReceived)
        {
            return ContradictsHandshake(in receiver, in segment)
                ? TcpFindings.HandshakeInject | TcpFindings.Refused
                : TcpFindings.None;
        }
        if (IsOutsideWindow(in receiver, in segment))
        {
            return TcpFindings.OutOfWindow | TcpFindings.Refused;
        }
        return IsTooOld(in sender, in receiver, in segment)
            ? TcpFindings.Challenge | TcpFindings.Refused
            : TcpFindings.None;
    }

    /// <summary>True when a reset ends the connection: exactly the next number (RFC 5961, 3.2), or what
    /// acknowledges the SYN (RFC 9293, 3.10.7.3).</summary>
    public static bool TakesReset(ref readonly TcpHalf receiver, in TcpSegment segment) =>
        receiver.State switch
        {
            TcpState.SynSent => !segment.HasAck || segment.Acknowledgment == receiver.SendNext,
            TcpState.Closed or TcpState.Listen => true,
            _ => !receiver.Has(TcpHalfFlags.HasReceived) || segment.Sequence == receiver.ReceiveNext
                || segment.Sequence == receiver.Acknowledged,
        };

    /// <summary>RFC 9293, 3.10.7.4, first check; only when the receiver's window is known.</summary>
    public static bool IsOutsideWindow(ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        if (!receiver.Has(TcpHalfFlags.HasSent) || receiver.WindowShift == TcpHalf.ShiftUnknown
            || receiver.State is TcpState.Closed or TcpState.SynSent or TcpState.SynReceived)
        {
            return false;
        }
        int shift = receiver.Has(TcpHalfFlags.FirstAck) ? 0 : receiver.Shift;
        uint window = Math.Max((uint)receiver.Window << shift, 1);
        uint end = segment.Sequence + segment.PayloadLength;
        bool isBehind = segment.PayloadLength != 0 && SequenceNumber.IsAtOrBefore(end, receiver.Acknowledged)
            && SequenceNumber.Distance(end, receiver.Acknowledged) > (int)window;
        return isBehind || SequenceNumber.IsAfter(segment.Sequence, receiver.Acknowledged + window);
    }

    /// <summary>True when the segment acknowledges no number of the receiver's SYN (RFC 9293,
    /// 3.10.7.3).</summary>
    public static bool ContradictsHandshake(ref readonly TcpHalf receiver, in TcpSegment segment) =>
        segment.HasAck && receiver.Has(TcpHalfFlags.SynSeen)
        && receiver.State is TcpState.SynSent or TcpState.SynReceived
        && !SequenceNumber.IsWithin(segment.Acknowledgment, receiver.InitialSequence + 1,
            receiver.SendNext - receiver.InitialSequence);

    /// <summary>An answer to a SYN (RFC 9293, 3.10.7.3). A bare ACK is ignored; data may follow an answer
    /// that
    /// was not seen.</summary>
    private static TcpFindings AnswerRefusal(ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        if (ContradictsHandshake(in receiver, in segment))
        {
            return TcpFindings.HandshakeInject | TcpFindings.Refused;
        }
        return segment.PayloadLength == 0 && !segment.IsControl
            ? TcpFindings.SplitHandshake | TcpFindings.Refused
            : TcpFindings.None;
    }

    private static TcpFindings ResetRefusal(
        ref readonly TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        bool isNext = receiver.State > TcpState.SynSent && segment.Sequence == sender.SendNext;
        if (isNext || TakesReset(in receiver, in segment))
        {
            return TcpFindings.None;
        }
        TcpFindings why = IsOutsideWindow(in receiver, in segment)
            ? TcpFindings.OutOfWindow
            : TcpFindings.Challenge;
        return why | TcpFindings.ResetInject | TcpFindings.Refused;
    }

    /// <summary>RFC 5961, 4: a SYN in a synchronised state is answered by an ACK, whatever its number. The
    /// handshake's own SYN or SYN-ACK is a repeat.</summary>
    private static TcpFindings SynRefusal(
        ref readonly TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        bool isRepeat = sender.Has(TcpHalfFlags.SynSeen) && segment.Sequence == sender.InitialSequence;
        bool isHandshake = receiver.State == TcpState.SynReceived || sender.State <= TcpState.SynReceived;
        return isRepeat || isHandshake || receiver.State == TcpState.TimeWait
            ? TcpFindings.None
            : TcpFindings.Challenge | TcpFindings.SynInside | TcpFindings.Refused;
    }

    /// <summary>RFC 5961, 5.2: acknowledges what lies more than a window behind.</summary>
    private static bool IsTooOld(
        ref readonly TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        if (!sender.Has(TcpHalfFlags.HasSent) || sender.WindowShift == TcpHalf.ShiftUnknown
            || !receiver.Has(TcpHalfFlags.HasSent))
        {
            return false;
        }
        int behind = SequenceNumber.Distance(segment.Acknowledgment, sender.Acknowledged);
        return behind > Math.Max(sender.Window << sender.Shift, ushort.MaxValue);
    }
}
