using System.Runtime.CompilerServices;
using Dataplane.Chains;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Dataplane.Stacks;
using Dataplane.Stacks.Applications;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;

namespace Dataplane.Engine;

/// <summary>What happens to one packet: its flow, its stack, its subscribers' verdict.</summary>
/// <remarks>One per worker; its thread only; allocates nothing.</remarks>
public sealed partial class PacketPath
{
    /// <summary>Flows looked at by the timer wheel between two packets, at most.</summary>
    private const int ExpiryWorkMax = 64;
    private const long TickNs = 10_000_000;
    private const uint LongIdleMs = int.MaxValue; // 24.8 days: RFC 7323, 5.5
    private const int TicksPerNfTick = 25;

    /// <summary>Slots looked at in one tick for flows that must move to a newer revision.</summary>
    private const uint AdoptionWorkMax = 4096;

    /// <summary>How many slots before its own turn the lines are asked for that the end of a flow
    /// touches.</summary>
    private const uint EndAhead = 8;

    private readonly ChainRunner _runner;
    private readonly TcpMonitorStack _tcp;
    private readonly DatagramEvents _datagrams;
    private readonly FlowAging? _aging;
    private readonly Clock _clock;
    private readonly FlowSampler? _sampler;
    private readonly ApplicationStack _applications;
    private long _nextTickNs;
    private int _ticks;
    private uint _nowMs;
    private uint _expiredAtMs = uint.MaxValue;
    private uint _adoptionSlot;
    private long _adoptionStartsNs = long.MaxValue;

    /// <summary>The path of one worker; without <paramref name="aging"/> flows live until
    /// <see cref="EndAll"/>.</summary>
    public PacketPath(
        FlowTable flows, FlowAging? aging, Clock clock, CounterBlock counters, EventBus bus,
        ChainRunner runner, TcpMonitorStack tcp, ApplicationStack applications, FlowSampler? sampler)
    {
        (_sampler, _applications) = (sampler, applications);
        (Flows, _aging, _clock, Counters) = (flows, aging, clock, counters);
        (_runner, _tcp, _datagrams) = (runner, tcp, new DatagramEvents(bus));
        tcp.RenewBy(runner);
    }

    public FlowTable Flows { get; }

    /// <summary>Delivers events; knows which packets NFs on other cores hold.</summary>
    public ChainRunner Runner => _runner;

    public CounterBlock Counters { get; }

    /// <summary>Handles a parsed packet of the burst; None when it may leave,
    /// else why it goes no further.</summary>
    public DropReason Handle(PacketBurst burst, int index, in FlowKey key, uint guess)
    {
        ref Packet packet = ref burst[index];
        if (packet.IpVersion == 0)
        {
            Counters.NonIpPackets++;
            return _runner.HearsFrames ? HandleFrame(burst, index) : DropReason.None;
        }

        // A fragment whose datagram is not whole yet has no ports, so no flow: it goes on its way.
        return (packet.Flags & PacketFlags.Fragment) != 0
            ? DropReason.None
            : HandleFlow(burst, index, in key, guess);
    }

    /// <summary>Pass 3 of a burst: asks for the lines of both halves of a flow whose entry was asked
    /// for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PrefetchHalves(uint slot) => _tcp.Prefetch(in Flows[slot]);

    /// <summary>True when flows have halves to ask for.</summary>
    public bool HasHalves => _tcp.Pairs.UsedCount != 0;

    /// <summary>A packet of this time is next: flows whose time is up by then end first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reach(long packetNs)
    {
        _clock.Reach(packetNs);
        _nowMs = _clock.NowMs;

        // Once for each instant: packets of one burst of a live port share theirs.
        if (_nowMs != _expiredAtMs)
        {
            ExpireIdle(_nowMs);
        }
    }

    /// <summary>Ends flows whose time is up, a bounded number of them.</summary>
    private void ExpireIdle(uint nowMs)
    {
        _expiredAtMs = nowMs;
        _runner.FireTimers(_clock.NowNs);
        if (_aging is null)
        {
            return;
        }

        int work = ExpiryWorkMax;
        uint slot;
        while ((slot = _aging.NextExpired(nowMs, ref work)) != FlowTable.None)
        {
            End(slot, EndReasonOf(in Flows[slot]));
        }
    }

    /// <summary>Between bursts: timers of stacks and NFs, a few times a second.</summary>
    public void Tick()
    {
        _runner.EndBurst(_clock.NowNs);
        if (_clock.NowNs < _nextTickNs)
        {
            return;
        }

        _nextTickNs = _clock.NowNs + TickNs;
        Reach(_clock.NowNs);
        AdoptSome();
        _sampler?.Tick();
        if (++_ticks % TicksPerNfTick == 0)
        {
            _runner.Tick(_clock.NowNs);
        }
    }

    /// <summary>True when no flow belongs to an older revision any more.</summary>
    public bool IsAdoptionDone => _adoptionStartsNs == long.MaxValue;

    /// <summary>From this time on flows of older revisions are moved to the newest one,
    /// piece by piece.</summary>
    public void AdoptFrom(long timeNs) => (_adoptionStartsNs, _adoptionSlot) = (timeNs, 0);

    /// <summary>Ends every flow: the capture is over, or the worker stops.</summary>
    public void EndAll()
    {
        for (uint slot = 0; slot < Flows.FlowMax && Flows.Count > 0; slot++)
        {
            uint later = Math.Min(slot + EndAhead, Flows.FlowMax - 1);
            if (Flows[later].InUse)
            {
                Flows.PrefetchEnd(later);
                _runner.PrefetchBeside(later);
            }

            if (Flows[slot].InUse)
            {
                End(slot, FlowEndReason.Shutdown);
            }
        }

        _runner.Drain();
    }

    private void AdoptSome()
    {
        if (_clock.NowNs < _adoptionStartsNs)
        {
            return;
        }

        uint end = Math.Min(_adoptionSlot + AdoptionWorkMax, Flows.FlowMax);
        for (; _adoptionSlot < end; _adoptionSlot++)
        {
            ref readonly FlowEntry flow = ref Flows[_adoptionSlot];
            if (flow.InUse && flow.Plan < _runner.FirstPlan)
            {
                _runner.Adopt(_adoptionSlot);
            }
        }

        _adoptionStartsNs = _adoptionSlot == Flows.FlowMax ? long.MaxValue : _adoptionStartsNs;
    }

    private DropReason HandleFlow(PacketBurst burst, int index, in FlowKey key, uint guess)
    {
        ref Packet packet = ref burst[index];
        uint slot = Flows.Find(in key, packet.FlowHash, guess, out bool forward);
        if (slot == FlowTable.None)
        {
            slot = Start(burst, index, in key);
            if (slot == FlowTable.None)
            {
                return DropReason.FlowTableFull;
            }
        }
        else
        {
            ref FlowEntry known = ref Flows[slot];
            packet.Sender = known.SenderOf(forward);
            if (IsQuiet(in packet, in known))
            {
                known.LastSeenMs = _nowMs;
                known.Count(packet.Sender, packet.WireLength);
                Counters.AtDepth((byte)StackDepth.Bypass);
                Age(slot, in known);
                return DropReason.None;
            }

            known.Flags |= _nowMs - known.LastSeenMs > LongIdleMs ? FlowFlags.LongIdle : FlowFlags.None;
            _runner.BeginPacket(burst, index, slot);
            // What NFs elsewhere said of the first packet is known only now.
            if ((known.Flags & FlowFlags.Embryonic) != 0)
            {
                _tcp.Hatch(ref known, slot);
            }
        }

        ref FlowEntry flow = ref Flows[slot];
        flow.LastSeenMs = _nowMs;
        flow.Count(packet.Sender, packet.WireLength);
        if ((flow.Flags & FlowFlags.DropAll) != 0)
        {
            return DropReason.NfDropFlow;
        }

        if (_runner.HearsArrival(in flow) && _runner.DeliverArrival() >= Verdict.DropPacket)
        {
            return Obey(_runner.Deliver(), ref flow);
        }

        return packet.Protocol == IpProtocols.Tcp
            ? HandleTcp(ref packet, ref flow, slot)
            : HandleDatagram(ref packet, ref flow, slot);
    }

    /// <summary>Nobody hears of the packet, and it neither ends nor renews its connection:
    /// it is counted and goes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsQuiet(ref readonly Packet packet, ref readonly FlowEntry flow) =>
        flow.Depth == StackDepth.Bypass
        && packet.Protocol == IpProtocols.Tcp
        && (packet.TcpFlags & (TcpSegment.Syn | TcpSegment.Fin | TcpSegment.Reset)) == 0
        && (flow.LinkMask & _runner.UpdateMaskOf(flow.Plan)) == 0
        && (flow.Flags & FlowFlags.DropAll) == 0
        && !_runner.HasClosedChain
        && !_runner.IsAnyInDoubt;

    private DropReason HandleTcp(ref Packet packet, ref FlowEntry flow, uint slot)
    {
        StackResult result = _tcp.Process(ref packet, ref flow, slot);
        Counters.AtDepth((byte)((flow.Flags & FlowFlags.Unfollowed) == 0 ? flow.Depth : StackDepth.Bypass));
        Verdict verdict = _runner.Deliver();
        if (verdict == Verdict.DropPacket)
        {
            _tcp.Undo(ref packet, ref flow, slot);
        }
        else if (!result.IsDrop)
        {
            _tcp.Commit(ref packet);
        }

        Age(slot, in flow);
        return result.IsDrop ? result.Reason : Leave(verdict, ref flow);
    }

    private DropReason HandleDatagram(ref Packet packet, ref FlowEntry flow, uint slot)
    {
        if (flow.LinkMask != 0)
        {
            if (packet.Protocol == IpProtocols.Udp && _applications.IsWanted(in flow))
            {
                _applications.TakeDatagram(slot, in flow, in packet);
            }
            _datagrams.Collect(in packet, in flow, slot);
        }

        return Leave(_runner.Deliver(), ref flow);
    }

    private DropReason Leave(Verdict verdict, ref FlowEntry flow)
    {
        if (verdict < Verdict.DropPacket && _runner.HearsDeparture(in flow))
        {
            _runner.DeliverDeparture(verdict);
        }

        return Obey(verdict, ref flow);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint Start(PacketBurst burst, int index, in FlowKey key)
    {
        ref Packet packet = ref burst[index];
        uint slot = Flows.Create(in key, packet.FlowHash);
        if (slot == FlowTable.None)
        {
            uint victim = Flows.FindVictim(packet.FlowHash, _nowMs);
            if (victim == FlowTable.None)
            {
                return FlowTable.None;
            }

            Counters.FlowsEvicted++;
            End(victim, FlowEndReason.Evicted);
            slot = Flows.Create(in key, packet.FlowHash);
            if (slot == FlowTable.None)
            {
                return FlowTable.None;
            }
        }

        Counters.FlowsStarted++;
        ref FlowEntry flow = ref Flows[slot];
        flow.LastSeenMs = _nowMs;
        FlowOrigin origin = FlowOrigin.Datagram;
        if (packet.Protocol == IpProtocols.Tcp && key.Stray == 0)
        {
            origin = OriginOf(packet.TcpFlags);
            flow.Flags |= origin == FlowOrigin.SynAck ? FlowFlags.ClientIsB : FlowFlags.None;
            flow.AgeClass = (byte)AgeClass.TcpHandshake;
        }
        else
        {
            bool isDatagram = packet.Protocol == IpProtocols.Udp && key.Stray == 0;
            flow.AgeClass = (byte)(isDatagram ? AgeClass.Datagram : AgeClass.Other);
        }

        packet.Sender = flow.SenderOf(forward: true);
        flow.Plan = _runner.ChainFor(packet.PortIndex, in key);
        _runner.BeginPacket(burst, index, slot);
        _runner.FlowStarted(origin);
        if (key.Stray == 0)
        {
            _tcp.FlowStarted(in packet, ref flow, slot);
        }

        _aging?.Add(slot);
        _sampler?.Started(slot, _nowMs);
        return slot;
    }

    private void End(uint slot, FlowEndReason reason)
    {
        Flows.PrefetchEnd(slot); // there when the flow has been told of
        _runner.FlowEnded(slot, reason, _clock.NowNs);
        _aging?.Remove(slot);
        Flows.Remove(slot);
        Counters.FlowsEnded++;
    }

    private static DropReason Obey(Verdict verdict, ref FlowEntry flow)
    {
        switch (verdict)
        {
            case Verdict.DropPacket:
                return DropReason.NfDropPacket;
            case Verdict.DropFlow:
                flow.Flags |= FlowFlags.DropAll;
                return DropReason.NfDropFlow;
            case Verdict.RejectFlow:
                flow.Flags |= FlowFlags.DropAll;
                return DropReason.NfRejectFlow;
            default:
                return DropReason.None;
        }
    }
}
