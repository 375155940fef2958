using System.Runtime.CompilerServices;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>What is published of a step: PKT/TCP and TCP/* of each half that the flow's depth
/// follows.</content>
public sealed partial class TcpMonitorStack
{
    private const int TimestampsOnlyBytes = 12;
    private const uint PaddedTimestamps = 0x0101_080A;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Publish(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, in TcpStep step, Side half,
        TcpFindings said = TcpFindings.None)
    {
        StackDepth bit = half == Side.Client ? StackDepth.ClientHalf : StackDepth.ServerHalf;
        if ((flow.Depth & bit) == 0)
        {
            return;
        }
        ulong wanted = _bus.Wanted<TcpPacket>(in flow, packet.Sender, half);
        if (wanted != 0)
        {
            _bus.Collect(wanted, in flow, slot, in packet, half, Describe(in packet));
        }
        TcpState before = half == packet.Sender ? step.SenderBefore : step.ReceiverBefore;
        LinkTable plan = _bus.PlanOf(flow.Plan);
        bool isFound = step.Findings != TcpFindings.None && (flow.LinkMask & plan.FindingsMask) != 0;
        bool isMoved = before != this[slot, half].State && (flow.LinkMask & plan.StateMask) != 0;
        if (isFound || isMoved)
        {
            PublishStep(in packet, in flow, slot, in step, half, said);
        }
    }

    private void PublishStep(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, in TcpStep step, Side half,
        TcpFindings said)
    {
        TcpState before = half == packet.Sender ? step.SenderBefore : step.ReceiverBefore;
        TcpState after = this[slot, half].State;
        var output = new Output(
            _bus, slot, half, TcpOf(slot), this[slot, packet.Sender.Other()].SmoothedRttUs);
        PublishState(in packet, in flow, in step, before, after, in output);
        PublishFindings(in packet, in flow, in step, step.Findings & ~said, in output);
    }

    /// <summary>The body of a segment's PKT/TCP.</summary>
    internal static TcpPacket Describe(ref readonly Packet packet)
    {
        byte l4 = (byte)Math.Min(packet.L4Offset, byte.MaxValue);
        byte l3 = (byte)Math.Min(packet.L3Offset, byte.MaxValue);
        ushort length = (ushort)Math.Min(packet.WireLength, ushort.MaxValue);
        return new TcpPacket(
            new PacketEvent(length, packet.PortIndex, 0, l3, l4, 0, 0),
            packet.Sequence,
            packet.Acknowledgment,
            packet.Window,
            packet.WirePayloadLength,
            packet.PayloadOffset,
            packet.TcpFlags,
            (byte)OptionsOf(in packet));
    }

    private static TcpOptionBits OptionsOf(ref readonly Packet packet)
    {
        int start = packet.L4Offset + TcpSegment.HeaderBytesMin;
        int length = packet.PayloadOffset - start;
        if (length <= 0)
        {
            return TcpOptionBits.None;
        }
        return length == TimestampsOnlyBytes && packet.Frame.ReadUInt32(start) == PaddedTimestamps
            ? TcpOptionBits.Timestamps
            : TcpOptions.Read(in packet).Present;
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
            output.Collect(in packet, in flow, in change);
        }
    }

    private static void PublishFindings(
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
        if ((findings & TcpFindings.LostSegment) != 0)
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
            output.Collect(in packet, in flow, new TcpRoundTrip(tcp, step.RoundTripUs, output.SmoothedUs, 0));
        }
        if ((findings & (TcpFindings.AnyError | TcpFindings.AcknowledgedUnseen)) != 0)
        {
            TcpErrorReason why = (findings & TcpFindings.Challenge) != 0 ? TcpErrorReason.Challenge
                : (findings & TcpFindings.OutOfWindow) != 0 ? TcpErrorReason.OutOfWindow
                : TcpErrorReason.AcknowledgedUnseen;
            output.Collect(in packet, in flow, new TcpError(tcp, (byte)why));
        }
        if ((findings & TcpFindings.AnyAnomaly) != 0)
        {
            PublishAnomalies(in packet, in flow, findings, in output);
        }
    }

    private static RetransmissionKind KindOf(TcpFindings findings) =>
        (findings & TcpFindings.FastRetransmission) != 0 ? RetransmissionKind.Fast
        : (findings & TcpFindings.SpuriousRetransmission) != 0 ? RetransmissionKind.Spurious
        : (findings & TcpFindings.Retransmission) != 0 ? RetransmissionKind.Plain
        : RetransmissionKind.Overlap;

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
        WindowKind? other = (findings & TcpFindings.WindowUpdate) != 0 ? WindowKind.Reopened
            : (findings & TcpFindings.WindowFull) != 0 ? WindowKind.Full
            : (findings & TcpFindings.ZeroWindowProbe) != 0 ? WindowKind.Probe
            : (findings & TcpFindings.ZeroWindowProbeAck) != 0 ? WindowKind.ProbeAnswer
            : (findings & TcpFindings.WindowShrunk) != 0 ? WindowKind.Shrunk
            : null;
        if (other is not null)
        {
            output.Collect(in packet, in flow, new TcpWindow(output.Tcp, (byte)other.Value));
        }
    }

    private static void PublishAnomalies(
        ref readonly Packet packet, ref readonly FlowEntry flow, TcpFindings findings, in Output output)
    {
        ReadOnlySpan<TcpFindings> found =
        [
            TcpFindings.DataOnSyn, TcpFindings.DataWithReset, TcpFindings.DataAfterReset,
            TcpFindings.Urgent, TcpFindings.SplitHandshake, TcpFindings.PortsReused,
        ];
        for (int i = 0; i < found.Length; i++)
        {
            if ((findings & found[i]) != 0)
            {
                output.Collect(in packet, in flow, new TcpAnomaly(output.Tcp, (ushort)(i + 1)));
            }
        }
    }

    /// <summary>Does the payload contradict bytes that passed before? People hear of it unasked.</summary>
    private bool HasContradiction(
        ref readonly Packet packet, ref readonly FlowEntry flow, uint slot, in TcpStep step,
        ref readonly TcpHalf receiver)
    {
        uint number = receiver.ReceiveStream;
        if (number == StreamReassembler.None || packet.PayloadLength == 0
            || (step.Findings & TcpFindings.KeepAlive) != 0 || _segment.HasReset
            || (step.Distance >= 0 && _reassembler[number].First == SlabPool.None)
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
