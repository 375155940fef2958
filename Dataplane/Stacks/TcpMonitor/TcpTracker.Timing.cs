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
            sampleUs = segment.TimeUs - receiver.TimedUs;
            receiver.SmoothedRttUs = receiver.SmoothedRttUs == 0
                ? Math.Max(sampleUs, 1)
                : receiver.SmoothedRttUs + (uint)((int)(sampleUs - receiver.SmoothedRttUs) / 8);
            findings |= TcpFindings.RoundTrip;
        }
        if ((findings & TcpFindings.AnyRetransmission) != 0)
        {
            sender.Flags &= ~TcpHalfFlags.Timing;
        }
        else if (segment.PayloadLength != 0 && !sender.Has(TcpHalfFlags.Timing)
            && segment.Sequence == sender.SendNext)
        {
            sender.Flags |= TcpHalfFlags.Timing;
            sender.TimedSequence = segment.Sequence + segment.PayloadLength;
            sender.TimedUs = segment.TimeUs;
        }
        return sampleUs;
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
