using System.Runtime.CompilerServices;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>What is timed, and what a half remembers of its last segment.</content>
public static partial class TcpTracker
{
    /// <summary>One segment of a half is timed at once; a repeat ends the timing (Karn; RFC 6298,
    /// 3).</summary>
    private static uint TimeRoundTrip(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment, ref TcpFindings findings)
    {
        uint sampleUs = 0;
        if (receiver.Has(TcpHalfFlags.Timing) && segment.HasAck
            && SequenceNumber.IsAtOrAfter(segment.Acknowledgment, receiver.TimedSequence))
        {
            receiver.Flags &= ~TcpHalfFlags.Timing;
            sampleUs = TakeSample(ref receiver, in segment);
            findings |= TcpFindings.RoundTrip;
        }
        if ((findings & TcpFindings.AnyRetransmission) != 0)
        {
            sender.Flags &= ~TcpHalfFlags.Timing;
        }
        else if (segment.PayloadLength != 0
            && !sender.Has(TcpHalfFlags.Timing | TcpHalfFlags.TimingByStamp)
            && segment.Sequence == sender.SendNext)
        {
            sender.Flags |= TcpHalfFlags.Timing;
            sender.TimedSequence = segment.Sequence + segment.PayloadLength;
            sender.TimedUs = segment.TimeUs;
        }
        return sampleUs;
    }

    /// <summary>Ends the timing of a half's segment with a sample, and smooths it (RFC 6298, 2).</summary>
    private static uint TakeSample(ref TcpHalf timed, in TcpSegment segment)
    {
        uint sampleUs = segment.TimeUs - timed.TimedUs;
        timed.SmoothedRttUs = timed.SmoothedRttUs == 0
            ? Math.Max(sampleUs, 1)
            : timed.SmoothedRttUs + (uint)((int)(sampleUs - timed.SmoothedRttUs) / 8);
        return sampleUs;
    }

    /// <summary>The time stamp that a repeated segment carried comes back: which copy was answered is plain,
    /// where numbers do not tell (RFC 7323, 4.1).</summary>
    /// <returns>The sample in microseconds; 0 for none.</returns>
    public static uint TakeEcho(ref TcpHalf timed, in TcpSegment segment, uint echo)
    {
        if (SequenceNumber.IsBefore(echo, timed.TimedSequence))
        {
            return 0;
        }
        timed.Flags &= ~TcpHalfFlags.TimingByStamp;
        return Math.Max(TakeSample(ref timed, in segment), 1);
    }

    /// <summary>A repeated segment with a time stamp begins to be timed.</summary>
    public static void TimeByStamp(ref TcpHalf sender, in TcpSegment segment, uint value)
    {
        sender.Flags = (sender.Flags & ~TcpHalfFlags.Timing) | TcpHalfFlags.TimingByStamp;
        (sender.TimedSequence, sender.TimedUs) = (value, segment.TimeUs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Remember(ref TcpHalf sender, in TcpSegment segment, TcpFindings findings)
    {
        uint phantom = (uint)((segment.Flags & (TcpSegment.Syn | TcpSegment.Fin)) != 0 ? 1 : 0);
        uint next = segment.Sequence + segment.PayloadLength + phantom;
        bool isFirst = !sender.Has(TcpHalfFlags.HasSent);
        if (isFirst && segment.HasReset && segment.Sequence == 0)
        {
            return; // an answer to a SYN: RFC 9293, 3.5.2 puts a zero where there is no sequence space yet
        }
        if ((findings & TcpFindings.ZeroWindowProbe) == 0)
        {
            if (isFirst || SequenceNumber.IsAfter(next, sender.SendNext))
            {
                sender.SendNext = next;
                sender.SendNextUs = segment.TimeUs;
                sender.Flags |= TcpHalfFlags.HasSent;
            }
            if (!sender.Has(TcpHalfFlags.HasContiguous) || segment.Sequence == sender.SendContiguous)
            {
                sender.SendContiguous = sender.SendNext;
                sender.Flags |= TcpHalfFlags.HasContiguous;
            }
        }
        sender.Window = segment.Window;
        sender.Acknowledged = segment.Acknowledgment;
        sender.AcknowledgedUs = segment.TimeUs;
        TcpHalfFlags last = (findings & TcpFindings.KeepAlive) != 0 ? TcpHalfFlags.LastWasKeepAlive : 0;
        last |= (findings & TcpFindings.ZeroWindowProbe) != 0 ? TcpHalfFlags.LastWasProbe : 0;
        sender.Flags = (sender.Flags & ~(TcpHalfFlags.LastWasKeepAlive | TcpHalfFlags.LastWasProbe)) | last;
    }

    private static void TimeHandshake(
        ref TcpHalf sender, ref TcpHalf receiver, in TcpSegment segment, ref TcpFindings findings)
    {
        if (segment.HasSyn)
        {
            sender.Flags |= TcpHalfFlags.FirstAck | TcpHalfFlags.SynSeen;
            if (!segment.HasAck)
            {
                sender.NoteSyn(segment.TimeUs);
                receiver.NoteSyn(segment.TimeUs);
            }
            return;
        }
        if (!segment.HasAck)
        {
            return;
        }
        sender.Flags &= ~TcpHalfFlags.FirstAck;
        if (sender.SynUs != 0 && ((sender.Flags | receiver.Flags) & TcpHalfFlags.SynSeen) != 0)
        {
            uint elapsedUs = segment.TimeUs - sender.SynUs;
            if (elapsedUs != 0)
            {
                findings |= TcpFindings.HandshakeDone;
                sender.NoteHandshake(elapsedUs);
                receiver.NoteHandshake(elapsedUs);
            }
        }
    }
}
