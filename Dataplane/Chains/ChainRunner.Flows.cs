using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Dataplane.Stacks;

namespace Dataplane.Chains;

/// <content>Beginnings and ends of flows, and their way to another chain.</content>
public sealed partial class ChainRunner
{
    /// <summary>Asks for the streams of a slot's flow, and for what NFs on this core keep of it.</summary>
    public void PrefetchBeside(uint slot)
    {
        _streams.PrefetchStreams(slot);
        int plan = _flows[slot].Plan;
        if (plan < _chains.Length)
        {
            _chains[plan].PrefetchFlow(slot);
        }
    }

    /// <summary>
    /// Begins the flow of the current packet: its Plan must be set. Zeroes NF state, sets mask and depth, and
    /// collects FLOW/START.
    /// </summary>
    public void FlowStarted(FlowOrigin origin)
    {
        _chain = _chains[_flows[_slot].Plan];
        _chain.ClearFlow(_slot);
        ref FlowEntry flow = ref _flows[_slot];
        SetLinks(_slot, ref flow);
        flow.Flags |= _chain.IsClosed && _chain.Chain.IsInline ? FlowFlags.DropAll : FlowFlags.None;
        ref Packet packet = ref CurrentPacket;
        flow.Flags |= IsClientOnSecondPort(in packet) ? FlowFlags.ClientOnSecondPort : FlowFlags.None;
        ulong wanted = _bus.Wanted<FlowStart>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            var about = new FlowEvent(flow.Protocol, (byte)flow.Depth);
            _bus.Collect(wanted, in flow, _slot, in packet, Side.None, new FlowStart(about, origin));
        }
    }

    /// <inheritdoc/>
    public void FlowRenewed(uint slot, ref FlowEntry flow)
    {
        TellRenewed(slot, in flow);
        StackDepth before = flow.Depth;
        SetLinks(slot, ref flow);
        _isMaskChanged = false;
        _putOff.Remove(slot);
        _applications?.FlowEnded(slot);
        AnnounceDepth(before);
    }

    /// <summary>
    /// Ends a flow: FLOW/END is delivered at once,
    /// first to those who want it before (and may still say something
    /// of the flow), then to the others. The entry can still be read while it is.
    /// </summary>
    public void FlowEnded(uint slot, FlowEndReason reason, long timeNs)
    {
        AwaitTurnOf(slot);
        HasPacket = false;
        Begin(slot, timeNs);
        ref FlowEntry flow = ref _flows[slot];
        _streams.FlowEnding(slot, ref flow, timeNs);
        _applications?.FlowEnding(slot, in flow, timeNs);
        _bus.Flush();
        if (reason == FlowEndReason.Evicted)
        {
            AnnounceEviction();
        }

        AnnounceEnd(reason, Hook.Pre, EventFlags.Pre);
        AwaitInside(slot, Awaited.Doubts);
        AnnounceEnd(reason, Hook.Post, EventFlags.LastForFlow);
        AwaitInside(slot, Awaited.Doubts);
        _streams.FlowEnded(slot, ref flow);
        _applications?.FlowEnded(slot);
        _isMaskChanged = false;
        _putOff.Remove(slot);
        LetGo();
    }

    private void AnnounceEviction()
    {
        ref FlowEntry flow = ref _flows[_slot];
        ulong wanted = _bus.Wanted<FlowEvicted>(in flow, Side.None, Side.None);
        if (wanted != 0)
        {
            var about = new FlowEvent(flow.Protocol, (byte)flow.Depth);
            _bus.CollectWithoutPacket(
                wanted, in flow, _slot, _timeNs, Side.None, Side.None,
                new FlowEvicted(about, (byte)EvictionCause.TableFull));
            DeliverPending();
        }
    }

    private void AnnounceEnd(FlowEndReason reason, Hook hook, EventFlags flags)
    {
        ref FlowEntry flow = ref _flows[_slot];
        ulong wanted = _bus.Wanted<FlowEnd>(in flow, Side.None, Side.None, hook);
        if (wanted != 0)
        {
            var about = new FlowEvent(flow.Protocol, (byte)flow.Depth);
            _bus.CollectWithoutPacket(
                wanted, in flow, _slot, _timeNs, Side.None, Side.None, new FlowEnd(about, reason), flags);
            DeliverPending();
        }
    }
}
