using System.Runtime.CompilerServices;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>What is published of a step: TCP/* of each half that the flow's depth follows.</content>
public sealed partial class TcpMonitorStack
{
    /// <summary>True when somebody hears of the segment, or of what it changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsHeard(
        ref readonly FlowEntry flow, in TcpStep step, ref readonly TcpHalf sender,
        ref readonly TcpHalf receiver)
    {
        LinkTable plan = _bus.PlanOf(flow.Plan);
        ulong mask = plan.SegmentMask;
        bool isMoved = sender.State != step.SenderBefore || receiver.State != step.ReceiverBefore;
        mask |= isMoved ? plan.StateMask : 0;
        mask |= (step.Findings & ~TcpFindings.Usual) != 0 ? plan.FindingsMask : 0;
        mask |= (step.Findings & TcpFindings.RoundTrip) != 0 ? plan.RoundTripMask : 0;
        return (flow.LinkMask & mask) != 0;
    }

    private void Publish(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, in TcpStep step, Side half,
        TcpFindings said = TcpFindings.None)
    {
        StackDepth bit = half == Side.Client ? StackDepth.ClientHalf : StackDepth.ServerHalf;
        if ((flow.Depth & bit) == 0)
        {
            return;
        }
        LinkTable plan = _bus.PlanOf(flow.Plan);
        ulong on = flow.LinkMask;
        if ((on & plan.SegmentMask) != 0)
        {
            PublishSegment(in packet, in flow, slot, step.Findings, half, plan);
        }
        TcpState before = half == packet.Sender ? step.SenderBefore : step.ReceiverBefore;
        bool isFound = ((step.Findings & ~TcpFindings.Usual) != 0 && (on & plan.FindingsMask) != 0)
            || ((step.Findings & TcpFindings.RoundTrip) != 0 && (on & plan.RoundTripMask) != 0);
        bool isMoved = (on & plan.StateMask) != 0 && before != _pairs[flow.Pair, half].State;
        if (isFound || isMoved)
        {
            PublishStep(in packet, in flow, slot, in step, half, isFound ? step.Findings & ~said
                : TcpFindings.None);
        }
    }

    private void PublishSegment(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, TcpFindings findings, Side half,
        LinkTable plan)
    {
        if ((flow.LinkMask & plan.PartialTcpMask) != 0)
        {
            PublishByKind(in packet, in flow, slot, findings, half);
            return;
        }
        ulong wanted = flow.LinkMask & plan.Wants(EventType<TcpPacket>.Id, packet.Sender, half);
        if (wanted != 0)
        {
            _bus.Collect(wanted, in flow, slot, in packet, half, Describe(in packet));
        }
    }

    private void PublishStep(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, in TcpStep step, Side half,
        TcpFindings findings)
    {
        TcpState before = half == packet.Sender ? step.SenderBefore : step.ReceiverBefore;
        TcpState after = _pairs[flow.Pair, half].State;
        var output = new Output(
            _bus, slot, half, TcpOf(slot), _pairs[flow.Pair, packet.Sender.Other()].SmoothedRttUs);
        PublishState(in packet, in flow, in step, before, after, in output);
        if (findings != TcpFindings.None)
        {
            PublishFindings(in packet, in flow, in step, findings, in output);
        }
    }

    private TcpEvent TcpOf(uint slot) =>
        new((byte)this[slot, Side.Client].State, (byte)this[slot, Side.Server].State);

    private void PublishState(
        ref readonly Packet packet, ref readonly FlowEntry flow, in TcpStep step,
        TcpState before, TcpState after, in Output output)
    {
        if (before == after)
        {
            return;
        }
        ref TcpHalf half = ref this[output.Slot, output.Half];
        var change = new TcpStateChange(output.Tcp, (byte)before, (byte)after, (byte)half.Origin);
        if (after == TcpState.Established)
        {
            uint rttNs = (uint)Math.Min(half.HandshakeRttUs * 1000UL, uint.MaxValue);
            output.Collect(in packet, in flow, new TcpEstablished(change, rttNs));
        }
        else
        {
            output.Collect(in packet, in flow, in change, EventKinds<TcpStateChange>.TypeOf((int)after));
        }
    }

    private void PublishFindings(
        ref readonly Packet packet, ref readonly FlowEntry flow, in TcpStep step, TcpFindings findings,
        in Output output)
    {
        TcpEvent tcp = output.Tcp;
        if ((findings & TcpFindings.AnyRetransmission) != 0)
        {
            output.Collect(in packet, in flow,
                new TcpRetransmission(
                    tcp, packet.Sequence, packet.WirePayloadLength, (byte)KindOf(findings)));
        }
        if ((findings & TcpFindings.OutOfOrder) != 0)
        {
            ushort distance = (ushort)Math.Min(Math.Abs((long)step.Distance), ushort.MaxValue);
            output.Collect(in packet, in flow, new TcpReorder(tcp, packet.Sequence, distance));
        }
        if ((findings & (TcpFindings.LostSegment | TcpFindings.LossReported)) != 0)
        {
            output.Collect(in packet, in flow, new TcpLossHint(tcp, step.Hole, (uint)step.Distance));
        }
        if ((findings & TcpFindings.AnyAcknowledgment) != 0)
        {
            PublishAcknowledgment(in packet, in flow, findings, in output);
        }
        if ((findings & TcpFindings.AnyWindow) != 0)
        {
            PublishWindow(in packet, in flow, findings, in output);
        }
        if ((findings & TcpFindings.RoundTrip) != 0)
        {
            RoundTripMethod method = (findings & TcpFindings.ByTimestamp) != 0 ? RoundTripMethod.Timestamp
                : RoundTripMethod.Sequence;
            output.Collect(in packet, in flow,
                new TcpRoundTrip(tcp, step.RoundTripUs, output.SmoothedUs, (byte)method));
        }
        if ((findings & TcpFindings.AnyError) != 0)
        {
            PublishErrors(in packet, in flow, findings, in output);
        }
        if ((findings & (TcpFindings.AnyAnomaly | TcpFindings.Rejected | TcpFindings.HalfClosed)) != 0)
        {
            PublishAnomalies(in packet, in flow, findings, in output);
        }
    }

    private RetransmissionKind KindOf(TcpFindings findings) =>
        (findings & TcpFindings.FastRetransmission) != 0 ? RetransmissionKind.Fast
        : (findings & TcpFindings.SpuriousRetransmission) != 0 ? RetransmissionKind.Spurious
        : (findings & TcpFindings.Retransmission) == 0 ? RetransmissionKind.Overlap
        : _segment.IsAccept ? RetransmissionKind.SynAck
        : _segment.HasSyn ? RetransmissionKind.Syn
        : _segment.HasFin && _segment.PayloadLength == 0 ? RetransmissionKind.Fin
        : (findings & TcpFindings.TailProbe) != 0 ? RetransmissionKind.TailProbe
        : RetransmissionKind.Plain;

    private static void PublishAcknowledgment(
        ref readonly Packet packet, ref readonly FlowEntry flow, TcpFindings findings, in Output output)
    {
        if ((findings & TcpFindings.DuplicateAck) != 0)
        {
            output.Collect(in packet, in flow,
                new TcpAcknowledgment(output.Tcp, (byte)AcknowledgmentKind.Duplicate));
        }
        if ((findings & TcpFindings.KeepAlive) != 0)
        {
            output.Collect(in packet, in flow,
                new TcpAcknowledgment(output.Tcp, (byte)AcknowledgmentKind.KeepAlive));
        }
        if ((findings & TcpFindings.KeepAliveAck) != 0)
        {
            output.Collect(in packet, in flow,
                new TcpAcknowledgment(output.Tcp, (byte)AcknowledgmentKind.KeepAliveAnswer));
        }
        if ((findings & TcpFindings.AcknowledgedUnseen) != 0)
        {
            output.Collect(in packet, in flow,
                new TcpAcknowledgment(output.Tcp, (byte)AcknowledgmentKind.Unseen));
        }
    }

    private static void PublishWindow(
        ref readonly Packet packet, ref readonly FlowEntry flow, TcpFindings findings, in Output output)
    {
        if ((findings & TcpFindings.ZeroWindow) != 0)
        {
            output.Collect(in packet, in flow, new TcpWindow(output.Tcp, (byte)WindowKind.Zero));
        }
        WindowKind? other = (findings & TcpFindings.WindowShrunk) != 0 ? WindowKind.Shrunk
            : (findings & TcpFindings.WindowUpdate) != 0 ? WindowKind.Reopened
            : (findings & TcpFindings.WindowFull) != 0 ? WindowKind.Full
            : (findings & TcpFindings.ZeroWindowProbe) != 0 ? WindowKind.Probe
            : (findings & TcpFindings.ZeroWindowProbeAck) != 0 ? WindowKind.ProbeAnswer
            : null;
        if (other is not null)
        {
            output.Collect(in packet, in flow, new TcpWindow(output.Tcp, (byte)other.Value));
        }
    }

    private static void PublishErrors(
        ref readonly Packet packet, ref readonly FlowEntry flow, TcpFindings findings, in Output output)
    {
        ReadOnlySpan<(TcpFindings, TcpErrorReason)> reasons =
        [
            (TcpFindings.OutOfWindow, TcpErrorReason.OutOfWindow),
            (TcpFindings.AcknowledgedUnseen, TcpErrorReason.AcknowledgedUnseen),
            (TcpFindings.OldTimestamp, TcpErrorReason.OldTimestamp),
            (TcpFindings.BadTimestamp, TcpErrorReason.BadTimestamp),
            (TcpFindings.Challenge, TcpErrorReason.Challenge),
        ];
        foreach ((TcpFindings finding, TcpErrorReason reason) in reasons)
        {
            if ((findings & finding) != 0)
            {
                output.Collect(in packet, in flow, new TcpError(output.Tcp, (byte)reason),
                    EventKinds<TcpError>.TypeOf((int)reason));
            }
        }
    }

    private static void PublishAnomalies(
        ref readonly Packet packet, ref readonly FlowEntry flow, TcpFindings findings, in Output output)
    {
        ReadOnlySpan<TcpFindings> found =
        [
            TcpFindings.DataOnSyn, TcpFindings.DataWithReset, TcpFindings.DataAfterReset,
            TcpFindings.Urgent, TcpFindings.SplitHandshake, TcpFindings.PortsReused, TcpFindings.ResetInject,
            TcpFindings.SynInside, TcpFindings.BadWindowUpdate, TcpFindings.FinStorm, TcpFindings.ResetStorm,
            TcpFindings.HandshakeInject, TcpFindings.LowTtl, TcpFindings.NoAckFlag,
        ];
        for (int i = 0; i < found.Length; i++)
        {
            if ((findings & found[i]) != 0)
            {
                output.Collect(in packet, in flow, new TcpAnomaly(output.Tcp, (ushort)(i + 1)),
                    EventKinds<TcpAnomaly>.TypeOf(i + 1));
            }
        }
        if ((findings & TcpFindings.Rejected) != 0)
        {
            output.Collect(in packet, in flow, new TcpRejected(output.Tcp));
        }
        if ((findings & TcpFindings.HalfClosed) != 0)
        {
            output.Collect(in packet, in flow, new TcpHalfClosed(output.Tcp));
        }
    }

    /// <summary>False for what came in its turn while nothing waits: it contradicts nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MayContradict(in TcpStep step, ref readonly TcpHalf receiver) =>
        receiver.ReceiveStream != StreamReassembler.None && _segment.PayloadLength != 0
        && (step.Distance < 0 || _reassembler[receiver.ReceiveStream].First != SlabPool.None);

    /// <summary>Does the payload contradict bytes that passed before? People hear of it unasked.</summary>
    private bool HasContradiction(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, in TcpStep step,
        ref readonly TcpHalf receiver)
    {
        uint number = receiver.ReceiveStream;
        if (packet.PayloadLength == 0
            || (step.Findings & TcpFindings.KeepAlive) != 0 || _segment.HasReset
            || !_reassembler.TryFindDifference(number, in _segment, packet.Payload, out uint difference))
        {
            return false;
        }
        Side half = packet.Sender.Other();
        var repeat = new TcpRetransmission(
            TcpOf(slot), packet.Sequence, packet.WirePayloadLength, (byte)KindOf(step.Findings));
        ulong wanted = _bus.Wanted<TcpInconsistent>(in flow, packet.Sender, half);
        _bus.Collect(wanted, in flow, slot, in packet, half, new TcpInconsistent(repeat, difference));
        return true;
    }

    /// <summary>Where events of one half go.</summary>
    private readonly record struct Output(EventBus Bus, uint Slot, Side Half, TcpEvent Tcp, uint SmoothedUs)
    {
        /// <summary>As below, as a kind of T.</summary>
        public void Collect<T>(
            ref readonly Packet packet, ref readonly FlowEntry flow, in T body, ushort kind)
            where T : unmanaged, IEvent
        {
            ulong wanted = Bus.Wanted(kind, in flow, packet.Sender, Half);
            if (wanted != 0)
            {
                Bus.Collect(wanted, in flow, Slot, in packet, Half, in body, type: kind);
            }
        }

        public void Collect<T>(ref readonly Packet packet, ref readonly FlowEntry flow, in T body)
            where T : unmanaged, IEvent
        {
            ulong wanted = Bus.Wanted<T>(in flow, packet.Sender, Half);
            if (wanted != 0)
            {
                Bus.Collect(wanted, in flow, Slot, in packet, Half, in body);
            }
        }
    }
}
