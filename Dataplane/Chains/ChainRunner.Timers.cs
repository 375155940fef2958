using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Dataplane.Stacks;

namespace Dataplane.Chains;

/// <content>One-shot timers that NFs set for flows, and what NFs may look at beside the event.</content>
public sealed partial class ChainRunner
{
    private const uint TimerMax = 16_384;
    private readonly TimerQueue _timers = new(TimerMax);

    /// <summary>Timers that wait, and those that found no place.</summary>
    public TimerQueue Timers => _timers;

    internal uint FlowCount => _flows.Count;

    internal StreamView CurrentStreams => _streams is IStreamView view
        ? new StreamView(view, _slot, SharedSides)
        : throw new InvalidOperationException("This worker puts no streams together.");

    private SharedSides SharedSides
    {
        get
        {
            ref readonly FlowEntry flow = ref _flows[_slot];
            LinkTable plan = _bus.PlanOf(flow.Plan);
            return (plan.HasSeveralReaders(flow.LinkMask, Side.Client) ? SharedSides.Client : 0)
                | (plan.HasSeveralReaders(flow.LinkMask, Side.Server) ? SharedSides.Server : 0);
        }
    }

    /// <summary>Delivers the timers that are due, in the order of their times; called between packets, before
    /// the one that moved the clock.</summary>
    public void FireTimers(long nowNs)
    {
        while (_timers.TryTake(nowNs, out FlowTimer timer))
        {
            ref FlowEntry flow = ref _flows[timer.Slot];
            if (flow.InUse && flow.Generation == timer.Generation)
            {
                Fire(in timer, ref flow);
            }
        }
    }

    internal bool SetTimer(ChainFunction function, TimeSpan delay, uint id)
    {
        long dueNs = _timeNs + (Math.Max(delay.Ticks, 0) * TimeSpan.NanosecondsPerTick);
        return _timers.TryAdd(
            new FlowTimer(dueNs, _slot, _flows[_slot].Generation, id, function.Index));
    }

    private void Fire(in FlowTimer timer, ref FlowEntry flow)
    {
        ulong wanted = _bus.Wanted<TimerExpired>(in flow, Side.None, Side.None)
            & _bus.PlanOf(flow.Plan).LinksOf(timer.Nf);
        if (wanted == 0)
        {
            return;
        }
        AwaitTurnOf(timer.Slot);
        HasPacket = false;
        Begin(timer.Slot, timer.DueNs);
        _bus.CollectWithoutPacket(
            wanted, in flow, timer.Slot, timer.DueNs, Side.None, Side.None,
            new TimerExpired(new SystemEvent(timer.Nf), timer.Id));
        Deliver();
        LetGo();
    }
}
