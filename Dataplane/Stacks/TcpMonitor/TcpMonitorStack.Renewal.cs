using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Stacks.TcpMonitor;

/// <content>Where connections begin: a flow's first packet, a new connection on an old 5-tuple, a SYN inside
/// an
/// open one.</content>
public sealed partial class TcpMonitorStack
{
    /// <summary>The first packet of a new flow: tells of one without SYN, and treats it by policy. The flow's
    /// links and depth are set.</summary>
    public void FlowStarted(ref readonly Packet packet, ref FlowEntry flow, uint slot)
    {
        if (packet.Protocol != IpProtocols.Tcp || (packet.TcpFlags & TcpSegment.Syn) != 0)
        {
            return;
        }
        ulong wanted = _bus.Wanted<FlowOrphan>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            var about = new FlowEvent(flow.Protocol, (byte)flow.Depth);
            _bus.Collect(
                wanted, in flow, slot, in packet, Side.None, new FlowOrphan(about, packet.TcpFlags));
        }
        LinkTable plan = _bus.PlanOf(flow.Plan);
        if (_settings.Midstream == MidstreamRule.Drop && (flow.LinkMask & plan.GateMask) != 0)
        {
            flow.Flags |= FlowFlags.DropAll;
        }
        else if (_settings.Midstream != MidstreamRule.Follow)
        {
            flow.LinkMask &= ~(plan.ClientHalfMask | plan.ServerHalfMask | plan.ClientStreamMask
                | plan.ServerStreamMask);
            flow.Depth = plan.DepthOf(flow.LinkMask);
        }
    }

    /// <summary>A SYN or SYN-ACK: does it begin a connection of its own?</summary>
    private TcpFindings MeetSyn(ref Packet packet, ref FlowEntry flow, uint slot)
    {
        if (_segment.IsAccept)
        {
            if ((flow.Flags & FlowFlags.SynPending) != 0
                && _segment.Acknowledgment == NextOf(slot, packet.Sender.Other()))
            {
                RenewByAnswer(ref packet, ref flow, slot);
            }
            return TcpFindings.None;
        }
        if (!BeginsAnother(in packet, in flow, slot))
        {
            return TcpFindings.None;
        }
        bool isOpen = IsOpen(in packet, in flow, slot);
        if (isOpen && _settings.IsStrict)
        {
            // RFC 5961, 4: the other end answers with an ACK and stays where it is, or it has forgotten the
            // connection; its answer will tell.
            flow.Flags |= FlowFlags.SynPending;
            PendingOf(slot, packet.Sender) = _segment.Sequence + 1;
            return TcpFindings.SynInside | TcpFindings.Challenge | TcpFindings.Refused;
        }
        Renew(ref packet, ref flow, slot, packet.Sender);
        return isOpen ? TcpFindings.SynInside : TcpFindings.None;
    }

    /// <summary>True when a SYN begins another connection than the one the flow has carried so far.</summary>
    private bool BeginsAnother(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        if ((flow.Flags & FlowFlags.HalvesValid) != 0)
        {
            ref readonly TcpHalf sender = ref this[slot, packet.Sender];
            ref readonly TcpHalf receiver = ref this[slot, packet.Sender.Other()];
            return TcpTracker.StartsNewConnection(in sender, in receiver, in _segment)
                && !(_settings.IsStrict && TcpTracker.IsSplitAnswer(in sender, in receiver));
        }
        if (flow.ClientPackets + flow.ServerPackets <= 1)
        {
            return false;
        }
        return NextOf(slot, packet.Sender) != _segment.Sequence + 1;
    }

    /// <summary>True when both ends hold the old connection for open, as far as can be seen.</summary>
    private bool IsOpen(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        if ((flow.Flags & FlowFlags.HalvesValid) == 0)
        {
            const FlowFlags BothFins = FlowFlags.ClientFin | FlowFlags.ServerFin;
            return (flow.Flags & FlowFlags.ResetSeen) == 0 && (flow.Flags & BothFins) != BothFins
                && flow.ClientPackets > 1 && flow.ServerPackets != 0;
        }
        TcpState sender = this[slot, packet.Sender].State;
        TcpState receiver = this[slot, packet.Sender.Other()].State;
        return sender > TcpState.SynReceived && receiver > TcpState.SynReceived
            && receiver != TcpState.TimeWait;
    }

    private uint NextOf(uint slot, Side side) => PendingOf(slot, side);

    private ref uint PendingOf(uint slot, Side side)
    {
        ref FlowNumbers numbers = ref _flows.NumbersOf(slot);
        if (side == Side.Client)
        {
            return ref numbers.ClientNext;
        }
        return ref numbers.ServerNext;
    }

    /// <summary>Begins to follow a flow in a pair of halves: from its first packet, or again after it was
    /// bypassed.</summary>
    private void Start(ref FlowEntry flow, uint pair, bool isRenewed)
    {
        flow.Pair = pair;
        ref TcpHalf client = ref _pairs[pair, Side.Client];
        ref TcpHalf server = ref _pairs[pair, Side.Server];
        client = default;
        server = default;
        bool isFirst = isRenewed || flow.ClientPackets + flow.ServerPackets <= 1 || _segment.IsConnect;
        if (!isFirst)
        {
            client.Origin = TcpOrigin.Resumed;
            server.Origin = TcpOrigin.Resumed;
        }
        flow.Flags |= FlowFlags.HalvesValid;
        if (!_segment.HasSyn && (flow.Flags & (FlowFlags.SynSeen | FlowFlags.SynAckSeen)) == 0)
        {
            flow.Flags |= FlowFlags.Midstream;
        }
    }

    /// <summary>A new connection on the 5-tuple: the old one is finished and told of first.</summary>
    private void Renew(ref Packet packet, ref FlowEntry flow, uint slot, Side client)
    {
        FlowEndReason reason = (flow.Flags & FlowFlags.ResetSeen) != 0 ? FlowEndReason.Reset
            : (flow.Flags & (FlowFlags.ClientFin | FlowFlags.ServerFin)) != 0 ? FlowEndReason.Fin
            : FlowEndReason.Reused;
        FlowEnding(slot, ref flow, packet.TimestampNs);
        ulong wanted = _bus.Wanted<FlowReused>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            var about = new FlowEvent(flow.Protocol, (byte)flow.Depth);
            _bus.Collect(wanted, in flow, slot, in packet, Side.None, new FlowReused(about, reason));
        }
        _bus.Flush();
        CloseStreams(slot, in flow);
        Release(ref flow, slot);
        const FlowFlags OfConnection = FlowFlags.ClientFin | FlowFlags.ServerFin | FlowFlags.ResetSeen
            | FlowFlags.SynSeen | FlowFlags.SynAckSeen | FlowFlags.Midstream | FlowFlags.SynPending
            | FlowFlags.LongIdle;
        flow.Flags &= ~OfConnection;
        if (client == Side.Server)
        {
            flow.Turn();
            _flows.NumbersOf(slot).Turn();
            packet.Sender = packet.Sender.Other();
            AnnounceTurn(in packet, in flow, slot);
        }
        _renewal?.FlowRenewed(slot, ref flow);
    }

    /// <summary>The SYN inside the old connection was answered: it did begin a new one, which starts with
    /// it.</summary>
    private void RenewByAnswer(ref Packet packet, ref FlowEntry flow, uint slot)
    {
        Renew(ref packet, ref flow, slot, packet.Sender.Other());
        flow.Flags |= FlowFlags.SynSeen;
        uint pair = flow.Depth == StackDepth.Bypass ? TcpPairs.Staging : TakePair(ref flow);
        if (pair == TcpPairs.Staging)
        {
            _flows.NumbersOf(slot).ClientNext = _segment.Acknowledgment;
            return;
        }
        Start(ref flow, pair, isRenewed: true);
        var syn = new TcpSegment(
            _segment.Acknowledgment - 1, 0, 0, _segment.TimeUs, ushort.MaxValue, TcpSegment.Syn);
        TcpTracker.AdvanceInFull(
            ref this[slot, packet.Sender.Other()], ref this[slot, packet.Sender], in syn, out _);
    }

    private void AnnounceTurn(ref readonly Packet packet, ref readonly FlowEntry flow, uint slot)
    {
        ulong wanted = _bus.Wanted<FlowFlipped>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            var about = new FlowEvent(flow.Protocol, (byte)flow.Depth);
            _bus.Collect(wanted, in flow, slot, in packet, Side.None, new FlowFlipped(about));
        }
    }
}
