using System.Runtime.CompilerServices;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>Follows a connection from the middle: two halves and a segment in, halves and a step
/// out.</summary>
/// <remarks>
/// Pure: no memory of its own. Retransmission, reordering, duplicate ACK, keep-alive and window findings
/// follow
/// the rules of Wireshark's TCP analysis, which operators compare with; states follow RFC 9293.
/// </remarks>
public static partial class TcpTracker
{
    /// <summary>A repeat within this time of duplicate ACKs for it is a fast retransmission.</summary>
    public const uint FastRetransmissionUs = 20_000;

    /// <summary>A late segment within this time is reordered, not repeated, while no round trip is
    /// known.</summary>
    public const uint ReorderUs = 3_000;

    /// <summary>A repeat of the last bytes within this time comes before any retransmission
    /// timeout.</summary>
    public const uint TailProbeUs = 200_000;

    /// <summary>The most duplicate ACKs that are counted.</summary>
    private const byte DuplicateAcksMax = 250;

    /// <summary>True when the segment begins a new connection on the 5-tuple of the one the halves
    /// describe.</summary>
    /// <remarks>A SYN with the same number is the same attempt again, even after a reset (some systems try
    /// thrice).</remarks>
    public static bool StartsNewConnection(
        ref readonly TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment) =>
        segment.IsConnect && sender.Has(TcpHalfFlags.HasInitial)
        && segment.Sequence != sender.InitialSequence;

    /// <summary>Takes one segment in.</summary>
    /// <remarks>The step is written where it will be read: a copy of what was just written in pieces
    /// stalls.</remarks>
    /// <param name="sender">The half that sent it.</param>
    /// <param name="receiver">The half that it goes to.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="step">What it changed.</param>
    /// <param name="isStrict">True: what the receiver would not take changes nothing.</param>
    public static void Advance(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment, out TcpStep step,
        bool isStrict = false)
    {
        if (IsPlain(in sender, in receiver, in segment))
        {
            AdvancePlain(ref sender, ref receiver, in segment, out step);
        }
        else
        {
            AdvanceOther(ref sender, ref receiver, in segment, out step, isStrict);
        }
    }

    /// <summary>A SYN from the end that was sent one and has answered with no SYN-ACK: a split
    /// handshake.</summary>
    public static bool IsSplitAnswer(ref readonly TcpHalf sender, ref readonly TcpHalf receiver) =>
        receiver.State == TcpState.SynSent && receiver.Has(TcpHalfFlags.SynSeen)
        && !sender.Has(TcpHalfFlags.SynSeen);

    private static void AdvanceOther(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment, out TcpStep step, bool isStrict)
    {
        TcpFindings refusal =
            isStrict ? TcpAcceptance.Refusal(in sender, in receiver, in segment) : TcpFindings.None;
        if (refusal == TcpFindings.None)
        {
            AdvanceInFull(ref sender, ref receiver, in segment, out step);
        }
        else
        {
            step = new TcpStep(refusal, sender.State, receiver.State, segment.Sequence, 0, 0);
        }
    }

    /// <summary>Takes one segment in, whatever it is; what <see cref="Advance"/> does for plain ones in less
    /// time must not differ from it.</summary>
    public static void AdvanceInFull(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment, out TcpStep step)
    {
        TcpFindings findings = segment.HasSyn ? MeetSyn(ref sender, in segment) : TcpFindings.None;
        LearnInitial(ref sender, ref receiver, in segment);

        uint expected = sender.SendNext;
        bool knowsExpected = sender.Has(TcpHalfFlags.HasSent);
        findings |= ClassifyForward(ref sender, in receiver, in segment);
        findings |= ClassifyWindow(in sender, in segment);
        findings |= ClassifyAcknowledgment(ref sender, ref receiver, in segment);
        if ((segment.PayloadLength != 0 || (segment.Flags & (TcpSegment.Syn | TcpSegment.Fin)) != 0)
            && (findings & TcpFindings.KeepAlive) == 0)
        {
            findings |= ClassifyRepeat(in sender, in receiver, in segment);
        }

        uint sampleUs = TimeRoundTrip(ref sender, ref receiver, in segment, ref findings);
        Remember(ref sender, in segment, findings);
        TimeHandshake(ref sender, ref receiver, in segment, ref findings);
        TcpState senderBefore = sender.State;
        TcpState receiverBefore = receiver.State;
        findings |= TcpStates.Advance(ref sender, ref receiver, in segment, expected);
        int distance = knowsExpected ? SequenceNumber.Distance(expected, segment.Sequence) : 0;
        uint hole = knowsExpected ? expected : segment.Sequence;
        step = new TcpStep(findings, senderBefore, receiverBefore, hole, distance, sampleUs);
    }

    /// <summary>Takes the window shift of a SYN or SYN-ACK in (RFC 7323, 2.2: both must offer it).</summary>
    public static void TakeOptions(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpOptions options, in TcpSegment segment)
    {
        if ((options.Present & TcpOptionBits.WindowScale) != 0)
        {
            bool refused = segment.IsAccept && receiver.WindowShift == TcpHalf.ShiftUnused;
            byte offered = (byte)(options.WindowShift + TcpHalf.ShiftBias);
            sender.WindowShift = refused ? TcpHalf.ShiftUnused : offered;
        }
        else if (sender.WindowShift == TcpHalf.ShiftUnknown)
        {
            sender.WindowShift = TcpHalf.ShiftUnused;
            receiver.WindowShift = TcpHalf.ShiftUnused;
        }
    }

    /// <summary>The next bytes, or an acknowledgment, on an open connection that has lost nothing.</summary>
    private static bool IsPlain(
        ref readonly TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        const byte Odd = TcpSegment.Syn | TcpSegment.Fin | TcpSegment.Reset | TcpSegment.Urgent;
        const TcpHalfFlags Needed = TcpHalfFlags.HasInitial | TcpHalfFlags.HasSent
            | TcpHalfFlags.HasContiguous | TcpHalfFlags.HasReceived;
        const TcpHalfFlags Special = TcpHalfFlags.FinSent | TcpHalfFlags.ResetSent | TcpHalfFlags.FirstAck
            | TcpHalfFlags.LastWasKeepAlive | TcpHalfFlags.LastWasProbe;
        uint length = segment.PayloadLength;
        uint sequence = segment.Sequence;
        if ((segment.Flags & (Odd | TcpSegment.Ack)) != TcpSegment.Ack
            || sender.State != TcpState.Established || receiver.State != TcpState.Established
            || (sender.Flags & receiver.Flags & Needed) != Needed
            || ((sender.Flags | receiver.Flags) & Special) != 0
            || sequence != sender.SendNext || sequence != sender.SendContiguous
            || sequence != receiver.ReceiveNext
            || SequenceNumber.Distance(sender.Acknowledged, segment.Acknowledgment) < (length == 0 ? 1 : 0))
        {
            return false;
        }
        uint window = (uint)receiver.Window << receiver.Shift;
        return segment.Window != 0 && sender.SynUs == 0 && !Shrinks(in sender, in segment)
            && receiver.Acknowledged != 0
            && sequence - receiver.Acknowledged <= int.MaxValue
            && (ulong)(sequence - receiver.Acknowledged) + length < window
            && SequenceNumber.IsAtOrBefore(segment.Acknowledgment, receiver.SendContiguous);
    }

    /// <summary>True when the right edge of the sender's window moves back by more than rounding (RFC 9293,
    /// 3.8.6; RFC 7323, 2.4).</summary>
    private static bool Shrinks(ref readonly TcpHalf sender, in TcpSegment segment)
    {
        if (segment.Window >= sender.Window || !sender.Has(TcpHalfFlags.HasSent)
            || sender.Has(TcpHalfFlags.FirstAck) || sender.WindowShift == TcpHalf.ShiftUnknown)
        {
            return false;
        }
        int shift = sender.Shift;
        uint before = sender.Acknowledged + ((uint)sender.Window << shift);
        uint after = segment.Acknowledgment + ((uint)segment.Window << shift) + (1u << shift) - 1;
        return SequenceNumber.IsBefore(after, before)
            && SequenceNumber.IsAtOrAfter(segment.Acknowledgment, sender.Acknowledged);
    }

    private static TcpFindings ClassifyWindow(ref readonly TcpHalf sender, in TcpSegment segment)
    {
        if (segment.IsControl || !segment.HasAck || !sender.Has(TcpHalfFlags.HasSent))
        {
            return TcpFindings.None;
        }
        // A zero window is told as such.
        TcpFindings shrunk = segment.Window != 0 && Shrinks(in sender, in segment)
            ? TcpFindings.WindowShrunk
            : TcpFindings.None;
        bool isOld = segment.PayloadLength == 0 && segment.Window != sender.Window
            && SequenceNumber.IsBefore(segment.Acknowledgment, sender.Acknowledged);
        return shrunk | (isOld ? TcpFindings.BadWindowUpdate : TcpFindings.None);
    }

    private static void AdvancePlain(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment, out TcpStep step)
    {
        uint length = segment.PayloadLength;
        uint next = segment.Sequence + length;
        TcpFindings findings = TcpFindings.None;
        uint sampleUs = TimeRoundTrip(ref sender, ref receiver, in segment, ref findings);
        if (segment.Acknowledgment != sender.Acknowledged)
        {
            sender.DuplicateAcks = 0;
            sender.Acknowledged = segment.Acknowledgment;
        }
        if (SequenceNumber.IsAfter(segment.Acknowledgment, sender.ReceiveNext))
        {
            sender.ReceiveNext = segment.Acknowledgment;
        }
        if (length != 0)
        {
            sender.SendNext = sender.SendContiguous = receiver.ReceiveNext = next;
            sender.SendNextUs = segment.TimeUs;
        }
        sender.AcknowledgedUs = segment.TimeUs;
        sender.Window = segment.Window;
        step = new TcpStep(findings, sender.State, receiver.State, segment.Sequence, 0, sampleUs);
    }

    private static TcpFindings MeetSyn(ref TcpHalf sender, in TcpSegment segment)
    {
        if (!sender.Has(TcpHalfFlags.HasInitial))
        {
            return TcpFindings.None;
        }
        if (!segment.HasAck)
        {
            // The same SYN again: a reset in between may have moved the expected number (RFC 9293, 3.5.2).
            sender.SendNext = sender.SendContiguous;
            return TcpFindings.PortsReused;
        }
        if (segment.Sequence == sender.InitialSequence)
        {
            return TcpFindings.None;
        }
        sender.InitialSequence = segment.Sequence;
        return TcpFindings.PortsReused;
    }

    private static void LearnInitial(ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment)
    {
        if (!sender.Has(TcpHalfFlags.HasInitial))
        {
            sender.InitialSequence = segment.HasSyn ? segment.Sequence : segment.Sequence - 1;
            sender.Flags |= TcpHalfFlags.HasInitial;
        }
        if (segment.HasAck && !receiver.Has(TcpHalfFlags.HasInitial))
        {
            receiver.InitialSequence = segment.Acknowledgment - 1;
            receiver.Flags |= TcpHalfFlags.HasInitial;
        }
    }

    /// <summary>Findings about the segment's own place and window.</summary>
    private static TcpFindings ClassifyForward(
        ref TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        uint length = segment.PayloadLength;
        bool isNext = segment.Sequence == sender.SendNext;
        if (length == 1 && isNext && receiver.Window == 0)
        {
            return TcpFindings.ZeroWindowProbe;
        }

        TcpFindings findings = TcpFindings.None;
        if (segment.Window == 0 && !segment.IsControl)
        {
            findings |= TcpFindings.ZeroWindow;
        }
        if (sender.Has(TcpHalfFlags.HasSent) && !segment.HasReset
            && SequenceNumber.IsAfter(segment.Sequence, sender.SendNext))
        {
            findings |= TcpFindings.LostSegment;
        }
        if (segment.IsControl)
        {
            return findings;
        }
        if (length <= 1 && segment.Sequence == sender.SendNext - 1)
        {
            findings |= TcpFindings.KeepAlive;
        }
        if (length != 0)
        {
            return findings | FillsWindow(in receiver, in segment);
        }
        if (!isNext || segment.Acknowledgment != sender.Acknowledged)
        {
            return findings;
        }
        return findings | ClassifyPureAck(ref sender, in receiver, in segment);
    }

    private static TcpFindings FillsWindow(ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        int shift = receiver.Has(TcpHalfFlags.FirstAck) ? 0 : receiver.Shift;
        uint edge = receiver.Acknowledged + ((uint)receiver.Window << shift);
        bool isKnown = receiver.WindowShift != TcpHalf.ShiftUnknown;
        return isKnown && segment.Sequence + segment.PayloadLength == edge
            ? TcpFindings.WindowFull
            : TcpFindings.None;
    }

    /// <summary>An empty segment with the numbers of the one before: what else is it?</summary>
    private static TcpFindings ClassifyPureAck(
        ref TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        if (segment.Window != sender.Window)
        {
            return segment.Window != 0 ? TcpFindings.WindowUpdate : TcpFindings.None;
        }
        if (segment.Window == 0)
        {
            return receiver.Has(TcpHalfFlags.LastWasProbe)
                ? TcpFindings.ZeroWindowProbeAck
                : TcpFindings.None;
        }
        if (receiver.Has(TcpHalfFlags.LastWasKeepAlive))
        {
            return TcpFindings.KeepAliveAck;
        }
        sender.DuplicateAcks = sender.DuplicateAcks switch
        {
            TcpHalf.DuplicateAcksMuted => 1,
            < DuplicateAcksMax => (byte)(sender.DuplicateAcks + 1),
            _ => DuplicateAcksMax,
        };
        return TcpFindings.DuplicateAck;
    }

    /// <summary>Resets the count of duplicates, and notices acknowledgments of bytes that were not
    /// seen.</summary>
    private static TcpFindings ClassifyAcknowledgment(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment)
    {
        if (segment.Acknowledgment != sender.Acknowledged)
        {
            sender.DuplicateAcks = 0;
        }
        if (!segment.HasAck || !receiver.Has(TcpHalfFlags.HasContiguous)
            || !SequenceNumber.IsAfter(segment.Acknowledgment, receiver.SendContiguous))
        {
            return TcpFindings.None;
        }
        if (SequenceNumber.IsBefore(receiver.SendContiguous, receiver.SendNext))
        {
            receiver.SendContiguous = receiver.SendNext; // say it once for a hole
            return TcpFindings.AcknowledgedUnseen;
        }
        bool isFirst = receiver.DuplicateAcks == 0;
        receiver.DuplicateAcks = TcpHalf.DuplicateAcksMuted;
        return isFirst ? TcpFindings.AcknowledgedUnseen : TcpFindings.None;
    }

    /// <summary>A segment that takes numbers but does not advance: repeated (why?) or late?</summary>
    private static TcpFindings ClassifyRepeat(
        ref readonly TcpHalf sender, ref readonly TcpHalf receiver, in TcpSegment segment)
    {
        uint length = segment.PayloadLength;
        if (length != 0 && receiver.Has(TcpHalfFlags.HasSent) && receiver.Acknowledged != 0
            && SequenceNumber.IsAtOrBefore(segment.Sequence + length, receiver.Acknowledged))
        {
            return TcpFindings.SpuriousRetransmission;
        }
        if (!sender.Has(TcpHalfFlags.HasSent) || !SequenceNumber.IsBefore(segment.Sequence, sender.SendNext)
            || (length > 1 && segment.Sequence == sender.SendNext - 1))
        {
            // The last case is data behind a byte that probed a closed window.
            return TcpFindings.None;
        }
        bool hasDuplicates = receiver.DuplicateAcks is >= 2 and not TcpHalf.DuplicateAcksMuted;
        if (hasDuplicates && receiver.Acknowledged == segment.Sequence
            && segment.TimeUs - receiver.AcknowledgedUs < FastRetransmissionUs)
        {
            return TcpFindings.FastRetransmission;
        }
        uint limitUs = sender.HandshakeRttUs != 0 ? sender.HandshakeRttUs : ReorderUs;
        bool hasPhantom = (segment.Flags & (TcpSegment.Syn | TcpSegment.Fin)) != 0;
        uint end = segment.Sequence + length + (hasPhantom ? 1u : 0);
        if (segment.TimeUs - sender.SendNextUs < limitUs && end != sender.SendNext)
        {
            return TcpFindings.OutOfOrder;
        }
        bool isTail = length != 0 && end == sender.SendNext
            && segment.TimeUs - sender.SendNextUs < TailProbeUs;
        return TcpFindings.Retransmission | (isTail ? TcpFindings.TailProbe : TcpFindings.None);
    }
}
