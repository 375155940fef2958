using System.Numerics;
using System.Runtime.CompilerServices;
using Dataplane.Chains.Parallel;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks;

namespace Dataplane.Chains;

/// <summary>Delivers what the bus collected of a packet, NF by NF,
/// and answers the strictest verdict (engine §1).</summary>
/// <remarks>
/// One per worker; its thread only. For each packet of a flow: <see cref="BeginPacket"/>, for a new flow
/// <see cref="FlowStarted"/>, then the stacks collect, then <see cref="Deliver"/>.
/// Allocates only when an NF throws.
/// </remarks>
public sealed partial class ChainRunner : IEventDelivery, IFlowRenewal, IDisposable
{
    private readonly EventBus _bus;
    private readonly FlowTable _flows;
    private readonly IFlowStreams _streams;
    private readonly INoticeSink _notices;
    private readonly IRecordSink _records;
    private readonly byte _worker;
    private ChainInstance[] _chains = [];
    private int _first;
    private PacketBurst _burst = new();
    private int _packetIndex;
    private uint _slot;
    private long _timeNs;
    private ChainInstance _chain = null!;
    private Verdict _verdict;
    private int _nextBit;
    private int _nf;
    private int _event;
    private int _noticedCount;
    private uint _deliveries;
    private BusyMarks? _marks;
    private int _droppedBy;
    private bool _isMaskChanged;
    private readonly PutOffFlows _putOff = new();
    private StreamStart? _startInstead;

    /// <summary>A runner over the flow table's arrays of one worker.</summary>
    public ChainRunner(
        byte worker, EventBus bus, FlowTable flows,
        IFlowStreams streams, INoticeSink notices, IRecordSink records, ILaneHost? lanes = null)
    {
        _laneHost = lanes ?? new LaneThreads(worker, [None]);
        (_worker, _bus, _flows) = (worker, bus, flows);
        (_streams, _notices, _records) = (streams, notices, records);
        bus.DeliverBy(this);
    }

    /// <summary>The chains in use, by plan number; the last is that of flows nobody takes.</summary>
    public IReadOnlyList<ChainInstance> Chains => _chains;

    /// <summary>Publications cut because <see cref="EventRecord.HopsMax"/> led to them (E8).</summary>
    public ulong LoopCutCount { get; private set; }

    /// <summary>Exceptions that NFs threw.</summary>
    public ulong FaultCount { get; private set; }

    /// <summary>Records that the sink had no room for.</summary>
    public ulong RecordLostCount { get; private set; }

    /// <summary>True when a chain drops its flows because an NF with onFault closed was taken out.</summary>
    public bool HasClosedChain { get; private set; }

    internal bool HasPacket { get; private set; }

    internal ref Packet CurrentPacket => ref _burst[_packetIndex];

    internal ref FlowEntry CurrentFlow => ref _flows[_slot];

    internal ref readonly FlowKey CurrentKey => ref _flows.KeyOf(_slot);

    internal Chain CurrentChain => _chain.Chain;

    internal ref readonly EventRecord CurrentEvent => ref _bus[_event];

    internal PacketBytes CurrentBytes => _bus.BytesOf(_event);

    internal ReadOnlySpan<byte> CurrentSideBlock => _bus.SideBlockOf(_event);

    /// <summary>Puts the chains of a revision, or the same ones placed otherwise, in place; called between
    /// bursts. Disposes none.</summary>
    /// <param name="chains">By plan number; those of older revisions, whose flows have not ended,
    /// come first.</param>
    /// <param name="first">Number of the newest revision's first chain:
    /// new flows choose from there on.</param>
    public void Use(ChainInstance[] chains, int first = 0)
    {
        ExchangeLanes(chains);
        Array.ForEach(chains, chain => chain.Continue());
        (_chains, _first) = (chains, first);
        HearsFrames = Array.Exists(chains, chain => chain.Links.FrameMask != 0);
        HearsStrays = Array.Exists(chains, chain => chain.Links.StrayMask != 0);
        HasClosedChain = Array.Exists(chains, chain => chain.IsClosed);
        _bus.Use(
            _worker, [.. chains.Select(chain => chain.Links)], [.. chains.Select(chain => chain.Limits)]);
        foreach (FunctionContext context in chains.SelectMany(chain => chain.Contexts))
        {
            context.Attach(this);
        }
    }

    /// <summary>The number of the first chain that takes the flow.</summary>
    /// <param name="port">Index of the port in the document.</param>
    /// <param name="key">The flow's key.</param>
    public ushort ChainFor(int port, in FlowKey key)
    {
        for (int i = _first; i < _chains.Length - 1; i++)
        {
            Chain chain = _chains[i].Chain;
            if (Listens(chain, port) && chain.Match.Matches(in key))
            {
                return chain.Number;
            }
        }

        return (ushort)(_chains.Length - 1);
    }

    /// <summary>Links of a plan that hear of every packet, whatever the flow's depth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong UpdateMaskOf(ushort plan) => _bus.PlanOf(plan).UpdateMask;

    /// <summary>Says which packet and flow come next.
    /// The packet stays in its burst until Deliver has returned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void BeginPacket(PacketBurst burst, int index, uint slot)
    {
        if (_held is not null)
        {
            TakeTurn(slot);
        }

        (_packetIndex, HasPacket) = (index, true);
        if (!ReferenceEquals(_burst, burst))
        {
            _burst = burst;
        }

        Begin(slot, burst[index].TimestampNs);
        if (_putOff.Contains(slot))
        {
            SettleDepth(); // whoever was to answer last was taken out
        }
    }

    /// <summary>Delivers everything collected of the current packet.</summary>
    /// <returns>The strictest verdict; Pass when the chain only listens.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Verdict Deliver()
    {
        ref readonly FlowEntry flow = ref _flows[_slot];
        if (HasPacket && (flow.LinkMask & _bus.PlanOf(flow.Plan).UpdateMask) != 0)
        {
            AnnounceUpdate();
        }

        if (_bus.Count != 0)
        {
            DeliverPending();
        }

        _applications?.PacketDelivered();
        if (_isMaskChanged)
        {
            SettleUnless(IsAnyInDoubt && _held!.IsInDoubt(_slot));
        }

        return _chain.IsClosed && _chain.Chain.IsInline ? Verdict.DropFlow : _verdict;
    }

    /// <summary>Delivers what a timer made the stack collect about a flow.</summary>
    public void DeliverTimed(uint slot, long timeNs)
    {
        AwaitTurnOf(slot);
        HasPacket = false;
        Begin(slot, timeNs);
        Deliver();
        LetGo();
    }

    /// <inheritdoc/>
    public void DeliverPending()
    {
        _bus.BeginDelivery();
        (_nextBit, _noticedCount) = (0, 0);
        bool isDone = false;
        while (!isDone)
        {
            try
            {
                Walk();
                isDone = true;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // The culprit's event is no longer wanted by it, so the walk goes on behind it.
                Contain(error);
            }
        }

        _marks?.Mark(_worker, 0);
        CloseView();
        _bus.EndDelivery();
    }

    public void Dispose()
    {
        CloseLanes();
        _timers.Dispose();
        _gatherSpace.Dispose();
        foreach (ChainInstance chain in _chains)
        {
            chain.Dispose();
        }
    }

    private void AnnounceUpdate()
    {
        ref FlowEntry flow = ref _flows[_slot];
        ref Packet packet = ref CurrentPacket;
        ulong wanted = _bus.Wanted<FlowUpdate>(in flow, packet.Sender, Side.None);
        if (wanted != 0)
        {
            var about = new FlowEvent(flow.Protocol, (byte)flow.Depth);
            var body = new FlowUpdate(
                about, flow.ClientPackets + flow.ServerPackets, flow.ClientBytes + flow.ServerBytes);
            _bus.Collect(wanted, in flow, _slot, in packet, Side.None, in body);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Begin(uint slot, long timeNs)
    {
        _slot = slot;
        _timeNs = timeNs;
        _verdict = Verdict.Pass;
        _droppedBy = int.MaxValue;
        (_heldNumber, _viewNumber) = (None, None);
        ChainInstance chain = _chains[_flows[slot].Plan];
        if (!ReferenceEquals(_chain, chain))
        {
            _chain = chain; // storing a reference costs more than comparing it
        }
    }

    /// <summary>From the lowest link up, NF by NF;
    /// what NFs published reaches those before them in a further round.</summary>
    private void Walk()
    {
        LinkTable links = _chain.Chain.Links;
        ulong wanted = 0;
        int known = 0;
        while (true)
        {
            if (known != _bus.Count)
            {
                known = _bus.Count;
                PassNoticesOn();
                wanted = _bus.WantedByAny();
            }

            ulong ahead = _nextBit < LinkTable.LinkMax ? wanted & (ulong.MaxValue << _nextBit) : 0;
            if (_visited != 0 && Join(ahead))
            {
                continue; // what they said may come first
            }

            if (wanted == 0)
            {
                return;
            }

            if (ahead == 0)
            {
                _nextBit = 0;
                continue;
            }

            int bit = BitOperations.TrailingZeroCount(ahead);
            if (_chain.HasLanes)
            {
                wanted &= ~SendAhead(links.NfOf(bit), ahead);
            }

            ulong port = links.SamePort(bit);
            _nf = links.NfOf(bit);
            _nextBit = bit;
            if (_chain.HasLanes && _chain.Lanes[_nf] is { } lane)
            {
                SendTo(lane, port);
            }
            else
            {
                DeliverTo(port);
            }

            wanted &= ~port;
            _nextBit = LinkTable.LinkMax - BitOperations.LeadingZeroCount(port);
        }
    }

    /// <summary>All events of the round that this NF wants, in the order of publication,
    /// each once (E1).</summary>
    private void DeliverTo(ulong port)
    {
        _marks?.Mark(_worker, _chain.Marks[_nf]);
        for (int i = 0; i < _bus.Count; i++)
        {
            ref ulong wanted = ref _bus.WantedBy(i);
            if ((wanted & port) == 0)
            {
                continue;
            }

            int bit = BitOperations.TrailingZeroCount(wanted & port);
            wanted &= ~port;
            ref readonly EventRecord record = ref _bus[i];
            if (_nf > _droppedBy && IsHiddenByDrop(in record))
            {
                continue;
            }

            Link? handler = _chain.HandlerOf(_nf, bit, record.TypeId);
            if (handler is not null)
            {
                _event = i;
                Verdict verdict = (++_deliveries & (NfCounts.SampleEvery - 1)) == 0
                    ? DeliverSampled(handler, in record)
                    : handler.Deliver(in record, _chain.Contexts[_nf]);
                if (verdict != Verdict.Pass)
                {
                    _chain.Counts[_nf].Count(verdict);
                    Obey(verdict);
                }
            }
        }
    }

    /// <summary>
    /// NFs behind the one that dropped hear nothing of the packet but PKT/DROP. What NFs said before, such as
    /// the alert that explains the drop, is not the packet's and still reaches them.
    /// </summary>
    private static bool IsHiddenByDrop(in EventRecord record) =>
        record.Publisher == EventRecord.StackPublisher && record.TypeId != EventType<PacketDrop>.Id;

    private void Obey(Verdict verdict)
    {
        if (verdict <= _verdict || !_chain.Chain.IsInline
            || _chain.Chain.Functions[_nf].Manifest.Access == PacketAccess.Read)
        {
            return;
        }

        _verdict = verdict;
        if (verdict >= Verdict.DropPacket && _droppedBy == int.MaxValue && HasPacket)
        {
            _droppedBy = _nf;
            AnnounceDrop(verdict);
        }
    }
}
