using System.Runtime.CompilerServices;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;

namespace Dataplane.Chains;

/// <content>What is said of a packet before the stack takes it in and when it leaves, and what concerns no
/// flow at all.</content>
public sealed partial class ChainRunner
{
    private ulong _lostSaid;

    /// <summary>True when a chain hears of frames without IP, so that they need a flow.</summary>
    public bool HearsFrames { get; private set; }

    /// <summary>True when a chain hears of fragments, or of packets whose headers cannot be read.</summary>
    public bool HearsStrays { get; private set; }

    /// <summary>True when somebody hears of the packet before the stack.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HearsArrival(ref readonly FlowEntry flow) =>
        (flow.LinkMask & _bus.PlanOf(flow.Plan).ArrivalMask) != 0;

    /// <summary>True when somebody hears of the packet when it leaves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HearsDeparture(ref readonly FlowEntry flow) =>
        (flow.LinkMask & _bus.PlanOf(flow.Plan).DepartureMask) != 0;

    /// <summary>Delivers PKT/IN and the packet's events at hook pre; the stack has not seen it yet.</summary>
    /// <returns>The strictest verdict: a drop keeps the packet from the stack.</returns>
    public Verdict DeliverArrival()
    {
        ref FlowEntry flow = ref _flows[_slot];
        ref Packet packet = ref CurrentPacket;
        ulong wanted = _bus.Wanted<PacketIn>(in flow, packet.Sender, Side.None);
        if (packet.IpVersion == 0)
        {
            ulong raw = _bus.Wanted<RawPacket>(in flow, packet.Sender, Side.None);
            if (raw != 0)
            {
                _bus.Collect(
                    raw, in flow, _slot, in packet, Side.None, new RawPacket(new PacketIn(About(in packet))));
            }
        }
        else if (wanted != 0)
        {
            _bus.Collect(wanted, in flow, _slot, in packet, Side.None, new PacketIn(About(in packet)));
        }

        if (packet.Protocol == IpProtocols.Tcp)
        {
            Side half = packet.Sender.Other();
            ulong before = _bus.Wanted<TcpPacket>(in flow, packet.Sender, half, Hook.Pre);
            if (before != 0)
            {
                _bus.Collect(
                    before, in flow, _slot, in packet, half, TcpMonitorStack.Describe(in packet),
                    EventFlags.Pre);
            }
        }

        if (_bus.Count != 0)
        {
            DeliverPending();
        }

        return _verdict;
    }

    /// <summary>Delivers PKT/OUT of a packet that passed all gates of a chain that forwards.</summary>
    public void DeliverDeparture(Verdict verdict)
    {
        ref FlowEntry flow = ref _flows[_slot];
        Chain chain = _chain.Chain;
        if (!chain.IsInline)
        {
            return;
        }

        ref Packet packet = ref CurrentPacket;
        ulong wanted = _bus.Wanted<PacketOut>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            int port = chain.Ports[0] == packet.PortIndex ? chain.Ports[1] : chain.Ports[0];
            var body = new PacketOut(About(in packet), (ushort)port, (byte)verdict);
            _bus.Collect(wanted, in flow, _slot, in packet, Side.None, in body);
            DeliverPending();
        }
    }

    /// <summary>The fields that every event about a packet has.</summary>
    internal static PacketEvent About(ref readonly Packet packet) => new(
        (ushort)Math.Min(packet.WireLength, ushort.MaxValue), packet.PortIndex, 0,
        (byte)Math.Min(packet.L3Offset, byte.MaxValue), (byte)Math.Min(packet.L4Offset, byte.MaxValue), 0, 0);

    /// <summary>Delivers an event that concerns no flow to those links of a chain that name such
    /// types.</summary>
    internal void Tell<T>(ChainInstance chain, in T body, long timeNs)
        where T : unmanaged, IEvent
    {
        LinkTable links = chain.Links;
        ulong wanted = links.Wants(EventType<T>.Id, Side.None, Side.None)
            & links.ApplianceMask & links.InitialMask;
        if (wanted == 0)
        {
            return;
        }

        HasPacket = false;
        (_chain, _timeNs, _droppedBy, _verdict) = (chain, timeNs, int.MaxValue, Verdict.Pass);
        (_heldNumber, _viewNumber) = (None, None);
        FlowEntry nobody = default;
        nobody.Plan = chain.Chain.Number;
        _bus.CollectWithoutPacket(wanted, in nobody, 0, timeNs, Side.None, Side.None, in body);
        for (int i = 0; i < _bus.Count; i++)
        {
            _bus[i].Flow = FlowId.None;
        }

        DeliverPending();
        LetGo();
    }

    /// <summary>SYS/TICK, and CHAIN/OVERLOAD when events were lost since the last one.</summary>
    private void TellOfTime(long timeNs)
    {
        ulong lost = _bus.LostCount;
        foreach (ChainInstance chain in _chains)
        {
            if (chain.Links.ApplianceMask == 0)
            {
                continue;
            }

            TellOfFunctions(chain, timeNs);
            Tell(chain, new TimePassed(default), timeNs);
            if (lost != _lostSaid)
            {
                var overload = new ChainOverload(
                    new ChainEvent(ushort.MaxValue), (uint)(lost - _lostSaid), OverloadCause.EventPlaces);
                Tell(chain, in overload, timeNs);
            }
        }

        _lostSaid = lost;
    }

    /// <summary>CHAIN/NF_UP once for each NF of a chain that came into use, CHAIN/NF_DOWN for those that were
    /// taken out since.</summary>
    private void TellOfFunctions(ChainInstance chain, long timeNs)
    {
        for (int nf = 0; nf < chain.Functions.Length; nf++)
        {
            var about = new ChainEvent((ushort)nf);
            if (!chain.IsAnnounced)
            {
                Tell(chain, new NfUp(about), timeNs);
            }

            if ((chain.DownUnsaid & (1UL << nf)) != 0)
            {
                Tell(chain, new NfDown(about), timeNs);
            }
        }

        (chain.IsAnnounced, chain.DownUnsaid) = (true, 0);
    }
}
