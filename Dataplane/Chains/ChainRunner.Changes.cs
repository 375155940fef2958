using System.Numerics;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks;

namespace Dataplane.Chains;

/// <content>Which links are on for a flow, and what follows from a change: by NFs while they handle an event,
/// by people between packets (events.md §1, rule 4).</content>
public sealed partial class ChainRunner
{
    /// <summary>Room for gathered bytes of one round: four of the longest pieces.</summary>
    private const uint GatherBytes = 4 * StreamKeep.BytesMax;

    private readonly NativeArray<byte> _gatherSpace = new(GatherBytes);
    private uint _gatherUsed;

    /// <inheritdoc/>
    public ulong Fitting(uint slot, ulong links) =>
        _chains[_flows[slot].Plan].Chain.Fitting(links, in _flows.KeyOf(slot));

    /// <inheritdoc/>
    public PacketBytes KeptBytes(uint slot, Side side, ulong from, ulong to)
    {
        uint count = (uint)Math.Min(to - from, StreamKeep.BytesMax);
        _gatherUsed = _gatherUsed + count > GatherBytes ? 0 : _gatherUsed;
        Span<byte> target = _gatherSpace.AsSpan(_gatherUsed, count);
        uint start = _gatherUsed;
        uint copied = (uint)_streams.CopyKept(slot, side, from, from + count, target);
        _gatherUsed += copied;
        return _gatherSpace.Bytes(start, copied);
    }

    /// <summary>Between bursts: bytes that were held back and are due are delivered.</summary>
    public void EndBurst(long nowNs)
    {
        for (int i = _bus.GatheredCount - 1; i >= 0; i--)
        {
            GatheredBytes piece = _bus.GatheredAt(i);
            if (piece.DueNs > nowNs)
            {
                continue;
            }

            ref readonly FlowEntry flow = ref _flows[piece.Slot];
            if (!flow.InUse || flow.Generation != piece.Generation
                || (flow.LinkMask & (1UL << piece.Bit)) == 0)
            {
                _bus.Drop(i);
                continue;
            }

            AwaitTurnOf(piece.Slot);
            HasPacket = false;
            Begin(piece.Slot, piece.TimeNs);
            _bus.CollectGathered(in flow, i);
            Deliver();
            LetGo();
            i = Math.Min(i, _bus.GatheredCount);
        }
    }

    /// <summary>Switches links of a flow on or off between two packets, as far as their filters take the
    /// flow.</summary>
    /// <param name="slot">The flow.</param>
    /// <param name="links">Bits of its chain.</param>
    /// <param name="on">On or off.</param>
    /// <param name="start">Where streams begin instead of where the subscription says; null: as it
    /// says.</param>
    /// <param name="timeNs">Flow time.</param>
    /// <param name="lastOld">Number of the last event that the old rule applied to.</param>
    /// <returns>The links that changed.</returns>
    public ulong Change(
        uint slot, ulong links, bool on, StreamStart? start, long timeNs, out ulong lastOld)
    {
        AwaitTurnOf(slot);
        HasPacket = false;
        Begin(slot, timeNs);
        ulong before = _flows[slot].LinkMask;
        _startInstead = start;
        lastOld = on ? SwitchOn(links) : SwitchOff(links);
        _startInstead = null;
        if (_bus.Count != 0)
        {
            DeliverPending();
        }

        if (_isMaskChanged)
        {
            SettleDepth();
        }

        LetGo();
        return before ^ _flows[slot].LinkMask;
    }

    /// <summary>Switches links on for the current flow, as far as their filters fit.</summary>
    internal ulong SwitchOn(ulong links)
    {
        ref FlowEntry flow = ref _flows[_slot];
        LinkTable table = _bus.PlanOf(flow.Plan);
        ulong last = _bus.LastEventNumber;
        ulong added = _chain.Chain.Fitting(links & table.AliveMask & ~flow.LinkMask, in _flows.KeyOf(_slot));
        if (added == 0)
        {
            return last;
        }

        flow.LinkMask |= added;
        _isMaskChanged = true;
        for (ulong left = added; left != 0; left &= left - 1)
        {
            int bit = BitOperations.TrailingZeroCount(left);
            Announce(bit, 1);
            Replay(table.Links[bit], 1UL << bit);
        }

        return last;
    }

    /// <summary>Switches links off for the current flow.</summary>
    internal ulong SwitchOff(ulong links)
    {
        ref FlowEntry flow = ref _flows[_slot];
        ulong removed = links & flow.LinkMask;
        ulong last = _bus.LastEventNumber;
        if (removed == 0)
        {
            return last;
        }

        flow.LinkMask &= ~removed;
        _isMaskChanged = true;
        for (ulong left = removed; left != 0; left &= left - 1)
        {
            Announce(BitOperations.TrailingZeroCount(left), 0);
        }

        return last;
    }

    /// <summary>The links and the depth that a flow of the current chain begins with.</summary>
    private void SetLinks(uint slot, ref FlowEntry flow)
    {
        LinkTable links = _bus.PlanOf(flow.Plan);
        ref readonly FlowKey key = ref _flows.KeyOf(slot);
        flow.LinkMask = _chain.Chain.Fitting(OpeningMask(links, in key), in key);
        if (key.IpVersion == 0 || key.Stray != 0)
        {
            flow.Depth = StackDepth.Bypass;
            return;
        }

        flow.Depth = links.DepthOf(
            flow.LinkMask, _chain.Chain.Fitting(links.WaitableMask, in _flows.KeyOf(slot)));
    }

    /// <summary>Links that a new flow can have: what is no flow of IP packets is heard by few.</summary>
    private static ulong OpeningMask(LinkTable links, in FlowKey key) => links.InitialMask
        & (key.Stray != 0 ? links.StrayMask | links.FunctionMask
            : key.IpVersion == 0 ? links.FrameMask | links.FunctionMask : ulong.MaxValue);

    private void Replay(LinkDeclaration link, ulong bit)
    {
        StreamStart start = _startInstead ?? link.Start;
        if (start.Kind != StreamStartKind.Now)
        {
            ulong from = start.Kind == StreamStartKind.Retained ? IFlowStreams.FromOldestKept : start.Offset;
            _streams.Replay(_slot, ref _flows[_slot], bit, from);
        }
    }

    private void Announce(int bit, byte on)
    {
        ref FlowEntry flow = ref _flows[_slot];
        var change = new SubscriptionChanged(
            new ChainEvent((ushort)_chain.Chain.Links.Links[bit].Nf), (byte)bit, on);
        if (!_bus.IsDelivering)
        {
            ulong heard = _bus.Wanted<SubscriptionChanged>(in flow, Side.None, Side.None);
            if (heard != 0)
            {
                _bus.CollectWithoutPacket(heard, in flow, _slot, _timeNs, Side.None, Side.None, in change);
            }

            return;
        }

        ulong wanted = _bus.Wanted<SubscriptionChanged>(in flow, _bus[_event].Sender, Side.None);
        if (wanted != 0 && _bus[_event].Hops < EventRecord.HopsMax)
        {
            _bus.CollectFrom((ushort)_nf, _event, wanted, flow.Plan, in change, default);
        }
    }

    /// <summary>Settles the flow's depth now, or when the last NF elsewhere that may switch something on has
    /// answered: a stream that one NF gives up and another asks for stays open, as on one core.</summary>
    private void SettleUnless(bool isInDoubt)
    {
        if (isInDoubt && _putOff.TryAdd(_slot))
        {
            _isMaskChanged = false;
            return;
        }

        SettleDepth();
    }

    /// <summary>Between packets: the flow's stack becomes as deep as its links now need.</summary>
    private void SettleDepth()
    {
        _isMaskChanged = false;
        _putOff.Remove(_slot);
        ref FlowEntry flow = ref _flows[_slot];
        StackDepth before = flow.Depth;
        LinkTable links = _bus.PlanOf(flow.Plan);
        flow.Depth = links.DepthOf(
            flow.LinkMask, links.WaitableMask == 0 ? 0 : Fitting(_slot, links.WaitableMask));
        _streams.SubscriptionsChanged(_slot, ref flow, before);
        _applications?.SubscriptionsChanged(_slot, in flow);
        AnnounceDepth(before);
        if (_bus.Count != 0)
        {
            DeliverPending();
        }
    }

    private void AnnounceDepth(StackDepth before)
    {
        ref FlowEntry flow = ref _flows[_slot];
        if (flow.Depth == before)
        {
            return;
        }

        var about = new FlowEvent(flow.Protocol, (byte)flow.Depth);
        ulong bypassed = flow.Depth != StackDepth.Bypass
            ? 0
            : _bus.Wanted<FlowBypassed>(in flow, Side.None, Side.None);
        if (bypassed != 0)
        {
            _bus.CollectWithoutPacket(
                bypassed, in flow, _slot, _timeNs, Side.None, Side.None,
                new FlowBypassed(about, (byte)before));
        }

        ulong wanted = _bus.Wanted<FlowDepthChange>(in flow, Side.None, Side.None);
        if (wanted != 0)
        {
            _bus.CollectWithoutPacket(
                wanted, in flow, _slot, _timeNs, Side.None, Side.None,
                new FlowDepthChange(about, (byte)before, (byte)flow.Depth));
        }
    }
}
