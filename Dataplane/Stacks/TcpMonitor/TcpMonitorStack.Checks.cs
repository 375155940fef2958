using System.Runtime.CompilerServices;
using Dataplane.Contract.Configuration;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>What a segment's bytes say against it before its numbers are looked at: checksum, hops, flags,
/// time
/// stamps.</content>
public sealed partial class TcpMonitorStack
{
    private const byte NoFlags = 0;
    private const byte XmasFlags = TcpSegment.Fin | TcpSegment.Urgent | TcpSegment.Push;
    private const byte EcnMask = 0x3F;
    private const int TimestampTolerance = 1;
    private const TcpHalfFlags KnowsTimestamps = TcpHalfFlags.HasTimestamp | TcpHalfFlags.OffersTimestamps;

    /// <summary>Most segments have nothing to be looked through: an ACK without SYN or RST, no options, no
    /// time stamps agreed on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TcpFindings Check(
        ref readonly Packet packet, ref FlowEntry flow, ref TcpHalf sender, ref TcpHalf receiver)
    {
        const byte Looked = TcpSegment.Ack | TcpSegment.Syn | TcpSegment.Reset;
        bool isBare = (packet.TcpFlags & Looked) == TcpSegment.Ack
            && packet.PayloadOffset - packet.L4Offset == TcpSegment.HeaderBytesMin
            && ((sender.Flags | receiver.Flags) & KnowsTimestamps) == 0;
        return isBare && !_looksIntoAll
            ? TcpFindings.None
            : CheckInFull(in packet, ref flow, ref sender, ref receiver);
    }

    private TcpFindings CheckInFull(
        ref readonly Packet packet, ref FlowEntry flow, ref TcpHalf sender, ref TcpHalf receiver)
    {
        TcpFindings found = TcpFindings.None;
        if (_settings.Checksums != ChecksumRule.Ignore && HasBadChecksum(in packet))
        {
            return TcpFindings.BadChecksum | TcpFindings.Refused;
        }
        if (packet.Ttl < _settings.TtlMin)
        {
            found |= TcpFindings.LowTtl | TcpFindings.Refused;
        }
        if ((packet.TcpFlags & TcpSegment.Ack) == 0)
        {
            found |= CheckFlags(packet.TcpFlags);
        }
        else if ((packet.TcpFlags & (TcpSegment.Syn | TcpSegment.Fin)) == (TcpSegment.Syn | TcpSegment.Fin)
            || (packet.TcpFlags & (TcpSegment.Syn | TcpSegment.Reset))
                == (TcpSegment.Syn | TcpSegment.Reset))
        {
            found |= TcpFindings.BadFlags;
        }
        bool hasOptions = packet.PayloadOffset - packet.L4Offset > TcpSegment.HeaderBytesMin;
        return hasOptions || ((sender.Flags | receiver.Flags) & KnowsTimestamps) != 0
            ? found | CheckTimestamps(in packet, ref flow, ref sender, ref receiver)
            : found;
    }

    private static bool HasBadChecksum(ref readonly Packet packet) =>
        (packet.Flags & PacketFlags.Truncated) == 0 && packet.PayloadLength == packet.WirePayloadLength
        && !(Checksum.IsLayer4Right(in packet) && Checksum.IsIpHeaderRight(in packet));

    private static TcpFindings CheckFlags(byte flags)
    {
        const byte SynAndFin = TcpSegment.Syn | TcpSegment.Fin, SynAndReset = TcpSegment.Syn
            | TcpSegment.Reset;
        bool isBad = (flags & EcnMask) is NoFlags or XmasFlags
            || (flags & SynAndFin) == SynAndFin || (flags & SynAndReset) == SynAndReset;
        TcpFindings found = isBad ? TcpFindings.BadFlags : TcpFindings.None;
        return (flags & (TcpSegment.Syn | TcpSegment.Reset)) == 0
            ? found | TcpFindings.NoAckFlag
            : found;
    }

    private TcpFindings CheckTimestamps(
        ref readonly Packet packet, ref FlowEntry flow, ref TcpHalf sender, ref TcpHalf receiver)
    {
        if ((flow.Flags & FlowFlags.LongIdle) != 0)
        {
            flow.Flags &= ~FlowFlags.LongIdle;
            sender.Flags &= ~TcpHalfFlags.HasTimestamp;
            receiver.Flags &= ~TcpHalfFlags.HasTimestamp;
        }
        bool isAgreed = (sender.Flags & receiver.Flags & TcpHalfFlags.OffersTimestamps) != 0;
        if (!TryReadTimestamps(in packet, out uint value, out uint echo, out bool isMalformed))
        {
            bool isMissing = isAgreed && !_segment.HasReset && !_segment.HasSyn;
            return (isMalformed ? TcpFindings.BadOptions : TcpFindings.None)
                | (isMissing ? TcpFindings.BadTimestamp : TcpFindings.None);
        }
        if (_segment.HasSyn)
        {
            sender.Flags |= TcpHalfFlags.OffersTimestamps;
            receiver.Flags |= TcpHalfFlags.HasTimestamp;
            receiver.TimestampRecent = value;
            return TcpFindings.None;
        }
        TcpFindings found = TcpFindings.None;
        if (receiver.Has(TcpHalfFlags.TimingByStamp) && _segment.HasAck && echo != 0)
        {
            _stampRttUs = TcpTracker.TakeEcho(ref receiver, in _segment, echo);
            found = _stampRttUs != 0 ? TcpFindings.RoundTrip | TcpFindings.ByTimestamp : TcpFindings.None;
        }
        if (isAgreed && _segment.HasAck && echo != 0 && sender.Has(TcpHalfFlags.HasTimestamp)
            && SequenceNumber.IsAfter(echo, sender.TimestampRecent)
            && SequenceNumber.IsAtOrBefore(_segment.Acknowledgment, receiver.SendNext))
        {
            found |= TcpFindings.BadTimestamp;
        }
        return found | TakeTimestamp(ref receiver, value);
    }

    /// <summary>What is odd about the segment may mean more: a repeat is timed by its time stamp, a duplicate
    /// ACK may report a loss.</summary>
    private void LookCloser(ref readonly Packet packet, ref TcpHalf sender, ref TcpStep step)
    {
        if ((step.Findings & TcpFindings.DuplicateAck) != 0)
        {
            NoteLoss(in packet, in sender, ref step);
        }
        else if (_segment.PayloadLength != 0 && sender.Has(TcpHalfFlags.OffersTimestamps)
            && TryReadTimestamps(in packet, out uint value, out _, out _))
        {
            TcpTracker.TimeByStamp(ref sender, in _segment, value);
        }
    }

    /// <summary>The first duplicate with a SACK block beyond its number, or the third without any (RFC 5681,
    /// 3.2; RFC 6675), says that bytes are missing there.</summary>
    private static void NoteLoss(ref readonly Packet packet, ref readonly TcpHalf sender, ref TcpStep step)
    {
        const byte DuplicatesMeaningLoss = 3;
        var options = TcpOptions.Read(in packet);
        int missing = SequenceNumber.Distance(packet.Acknowledgment, options.FirstSackEdge);
        bool isReported = options.SackCount != 0
            ? sender.DuplicateAcks == 1 && missing > 0
            : sender.DuplicateAcks == DuplicatesMeaningLoss;
        if (isReported)
        {
            step = step with
            {
                Findings = step.Findings | TcpFindings.LossReported,
                Hole = packet.Acknowledgment,
                Distance = options.SackCount != 0 ? missing : 0,
            };
        }
    }

    /// <summary>PAWS (RFC 7323, 5.3), with the tolerance of one tick that Linux allows.</summary>
    private TcpFindings TakeTimestamp(ref TcpHalf receiver, uint value)
    {
        if (!receiver.Has(TcpHalfFlags.HasTimestamp))
        {
            receiver.Flags |= TcpHalfFlags.HasTimestamp;
            receiver.TimestampRecent = value;
            return TcpFindings.None;
        }
        if (SequenceNumber.Distance(value, receiver.TimestampRecent) > TimestampTolerance)
        {
            // Resets are taken at any time; late ACKs do no harm.
            bool isHarmless = _segment.HasReset || (_segment.PayloadLength == 0 && !_segment.IsControl);
            return isHarmless ? TcpFindings.None : TcpFindings.OldTimestamp | TcpFindings.Refused;
        }
        bool isInTurn = !receiver.Has(TcpHalfFlags.HasReceived)
            || SequenceNumber.IsAtOrBefore(_segment.Sequence, receiver.ReceiveNext);
        if (isInTurn && SequenceNumber.IsAfter(value, receiver.TimestampRecent))
        {
            receiver.TimestampRecent = value;
        }
        return TcpFindings.None;
    }

    private bool TryReadTimestamps(
        ref readonly Packet packet, out uint value, out uint echo, out bool isMalformed)
    {
        int start = packet.L4Offset + TcpSegment.HeaderBytesMin;
        int length = packet.PayloadOffset - start;
        (value, echo, isMalformed) = (0, 0, false);
        if (length <= 0)
        {
            return false;
        }
        if (length == TimestampsOnlyBytes && packet.Frame.ReadUInt32(start) == PaddedTimestamps)
        {
            (value, echo) = (packet.Frame.ReadUInt32(start + 4), packet.Frame.ReadUInt32(start + 8));
            return true;
        }
        TcpOptions options = default;
        if (!_segment.HasSyn)
        {
            TcpOptions.Read(in packet, out options);
        }
        ref readonly TcpOptions read = ref _segment.HasSyn ? ref _synOptions : ref options;
        (value, echo, isMalformed) = (read.TimestampValue, read.TimestampEcho, read.IsMalformed);
        return (read.Present & TcpOptionBits.Timestamps) != 0;
    }
}
