using System.Runtime.CompilerServices;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Events;

/// <summary>Where stacks and NFs publish: one AND decides whether an event is built at all.</summary>
/// <remarks>
/// One per worker; its thread only. Events of a packet are collected here and delivered by the
/// <c>ChainRunner</c> NF by NF (engine §1). Nothing is allocated after construction.
/// </remarks>
public sealed partial class EventBus
{
    /// <summary>How many events the stacks may collect before they are delivered as a round of their
    /// own.</summary>
    public const int PendingMax = 16;

    /// <summary>Places in all: what NFs publish and replay while a round is delivered takes the
    /// rest.</summary>
    public const int CapacityMax = 128;

    /// <summary>Largest side block of an event, in bytes.</summary>
    public const int SideBlockMax = 256;

    /// <summary>Stands for the body's own type; the root is never published.</summary>
    public const ushort OwnType = 0;

    private readonly EventRecord[] _pending = new EventRecord[CapacityMax];
    private readonly ulong[] _wanted = new ulong[CapacityMax];
    private readonly PacketBytes[] _bytes = new PacketBytes[CapacityMax];
    private readonly byte[] _sideBlocks = new byte[CapacityMax * SideBlockMax];
    private readonly ushort[] _sideLengths = new ushort[CapacityMax];
    private readonly ulong[] _built = new ulong[EventTree.Types.Count];
    private LinkTable[] _plans = [];
    private LinkTable _recent = new([]);
    private int _recentPlan = -1;
    private LinkLimits[] _limits = [];
    private IEventDelivery? _delivery;
    private ulong _eventNumber;
    private byte _worker;

    /// <summary>True while the round is handed out: what comes now is appended to it.</summary>
    public bool IsDelivering { get; private set; }

    /// <summary>How many events wait for delivery.</summary>
    public int Count { get; private set; }

    /// <summary>Events that found no place and were lost; 0 in a sound chain.</summary>
    public ulong LostCount { get; private set; }

    /// <summary>Rounds forced because a packet collected more than <see cref="PendingMax"/> events.</summary>
    public ulong ForcedRoundCount { get; private set; }

    /// <summary>Number of the event built last.</summary>
    public ulong LastEventNumber => _eventNumber;

    /// <summary>Events built, by type number; E5: an unwanted event is not among them.</summary>
    public ReadOnlySpan<ulong> BuiltByType => _built;

    /// <summary>The pending event at an index below <see cref="Count"/>.</summary>
    public ref EventRecord this[int index] => ref _pending[index];

    /// <summary>Links that want the pending event and have not got it yet.</summary>
    public ref ulong WantedBy(int index) => ref _wanted[index];

    /// <summary>The bytes a pending DATA_RDY event announces; empty for other events.</summary>
    public PacketBytes BytesOf(int index) => _bytes[index];

    /// <summary>The side block of a pending event; empty for most.</summary>
    public ReadOnlySpan<byte> SideBlockOf(int index) =>
        _sideBlocks.AsSpan(index * SideBlockMax, _sideLengths[index]);

    /// <summary>Puts the plans of a revision in place, and what this worker remembers for their limits;
    /// called between bursts.</summary>
    public void Use(byte worker, LinkTable[] plans, LinkLimits[] limits)
    {
        _worker = worker;
        _plans = plans;
        _recentPlan = -1;
        _limits = limits;
    }

    /// <summary>The compiled links of a plan.</summary>
    /// <remarks>That of the packet before, mostly: it is at hand before the flow's own line is.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LinkTable PlanOf(ushort plan) => plan == _recentPlan ? _recent : Turn(plan);

    /// <summary>Puts one plan in place of another of the same number: an NF was taken out.</summary>
    public void Replace(ushort plan, LinkTable links)
    {
        _plans[plan] = links;
        _recentPlan = -1;
    }

    /// <summary>Says who delivers when a packet collects more than <see cref="PendingMax"/> events.</summary>
    public void DeliverBy(IEventDelivery delivery) => _delivery = delivery;

    /// <summary>The links that want such an event of this flow: 0 for most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Wanted<T>(ref readonly FlowEntry flow, Side sender, Side half, Hook hook = Hook.Post)
        where T : unmanaged, IEvent =>
        flow.LinkMask & PlanOf(flow.Plan).Wants(EventType<T>.Id, sender, half, hook);

    /// <summary>As Wanted, for a type by its number: a kind of a type
    /// (<see cref="EventKinds{T}"/>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Wanted(
        ushort type, ref readonly FlowEntry flow, Side sender, Side half, Hook hook = Hook.Post) =>
        flow.LinkMask & PlanOf(flow.Plan).Wants(type, sender, half, hook);

    /// <summary>Builds an event for the links in <paramref name="wanted"/> and queues it.</summary>
    /// <remarks>
    /// <paramref name="wanted"/> is not 0, except for notice types: people hear of those whoever subscribes.
    /// <paramref name="type"/> is a kind of T where the body's own type is too little.
    /// </remarks>
    public void Collect<T>(
        ulong wanted, ref readonly FlowEntry flow, uint slot, ref readonly Packet packet,
        Side half, in T body, EventFlags flags = EventFlags.None, PacketBytes bytes = default,
        ushort type = OwnType)
        where T : unmanaged, IEvent
    {
        flags |= FlagsOf(packet.Sender, half);
        if ((wanted & PlanOf(flow.Plan).ConditionMask) != 0)
        {
            EventRecord candidate = Candidate(in flow, slot, in body, type, flags, packet.TimestampNs);
            candidate.PacketRef = packet.BufferRef;
            CollectWhere(wanted, flow.Plan, in candidate, bytes, bytes.IsEmpty ? packet.Payload : bytes);
            return;
        }

        if (!MakeRoom())
        {
            return;
        }

        _bytes[Count] = bytes;
        ref EventRecord record =
            ref Begin(wanted, flow.Generation, FlowId.Of(_worker, slot), in body, type);
        record.Flags = flags;
        record.TimeNs = packet.TimestampNs;
        record.PacketRef = packet.BufferRef;
    }

    /// <summary>As Collect, for events that no packet raised: timers, ends of flows.</summary>
    public void CollectWithoutPacket<T>(
        ulong wanted, ref readonly FlowEntry flow, uint slot, long timeNs,
        Side sender, Side half, in T body, EventFlags flags = EventFlags.None, ushort type = OwnType)
        where T : unmanaged, IEvent
    {
        flags |= FlagsOf(sender, half);
        if ((wanted & PlanOf(flow.Plan).ConditionMask) != 0)
        {
            EventRecord candidate = Candidate(in flow, slot, in body, type, flags, timeNs);
            candidate.PacketRef = EventRecord.NoPacket;
            CollectWhere(wanted, flow.Plan, in candidate, default, default);
            return;
        }

        if (!MakeRoom())
        {
            return;
        }

        _bytes[Count] = default;
        ref EventRecord record =
            ref Begin(wanted, flow.Generation, FlowId.Of(_worker, slot), in body, type);
        record.Flags = flags;
        record.TimeNs = timeNs;
        record.PacketRef = EventRecord.NoPacket;
    }

    /// <summary>As Collect, for bytes of a stream:
    /// an acknowledgment may release what its other end sent before.</summary>
    public void CollectBytes<T>(
        ulong wanted, ref readonly FlowEntry flow, uint slot, long timeNs, uint packetRef,
        Side sender, in T body, EventFlags flags, PacketBytes bytes)
        where T : unmanaged, IEvent
    {
        flags |= FlagsOf(sender, sender.Other());
        if ((wanted & PlanOf(flow.Plan).ConditionMask) != 0)
        {
            EventRecord candidate = Candidate(in flow, slot, in body, OwnType, flags, timeNs);
            candidate.PacketRef = packetRef;
            CollectWhere(wanted, flow.Plan, in candidate, bytes, bytes);
            return;
        }

        if (!MakeRoom())
        {
            return;
        }

        _bytes[Count] = bytes;
        ref EventRecord record = ref Begin(wanted, flow.Generation, FlowId.Of(_worker, slot), in body);
        record.Flags = flags;
        record.TimeNs = timeNs;
        record.PacketRef = packetRef;
    }

    /// <summary>Queues an event that an NF publishes while it handles the pending event
    /// <paramref name="cause"/>.</summary>
    public void CollectFrom<T>(ushort publisher, int cause, ulong wanted, ushort plan, in T body,
        ReadOnlySpan<byte> sideBlock, ushort type = OwnType)
        where T : unmanaged, IEvent
    {
        if (Count == CapacityMax)
        {
            LostCount++;
            return;
        }

        int first = Count;
        ref readonly EventRecord handled = ref _pending[cause];
        if ((wanted & PlanOf(plan).ConditionMask) != 0)
        {
            EventRecord candidate = CandidateFrom(in handled, in body, type);
            CollectWhere(wanted, plan, in candidate, default, default);
        }
        else
        {
            _bytes[Count] = default;
            ref EventRecord record = ref Begin(wanted, handled.Generation, handled.Flow, in body, type);
            record.Hops = (byte)(handled.Hops + 1);
            record.Cause = (uint)handled.EventNumber;
            record.Flags = FlagsOf(handled.Sender, Side.None);
            record.TimeNs = handled.TimeNs;
            record.PacketRef = handled.PacketRef;
        }

        for (int i = first; i < Count; i++)
        {
            AttachSideBlock(i, publisher, sideBlock);
        }
    }

    /// <summary>Queues an event that an NF on another core published: the record is whole but for its
    /// number.</summary>
    public void CollectSaid(
        ref readonly EventRecord said, ulong wanted, ushort plan, ReadOnlySpan<byte> sideBlock)
    {
        if (Count == CapacityMax)
        {
            LostCount++;
            return;
        }

        int first = Count;
        if ((wanted & PlanOf(plan).ConditionMask) != 0)
        {
            CollectWhere(wanted, plan, in said, default, default);
        }
        else
        {
            _bytes[Count] = default;
            _pending[Count] = said;
            _pending[Count].EventNumber = ++_eventNumber;
            _built[said.TypeId]++;
            _wanted[Count++] = wanted;
        }

        for (int i = first; i < Count; i++)
        {
            AttachSideBlock(i, said.Publisher, sideBlock);
        }
    }

    /// <summary>Gives a pending event its publisher and its side block, cut to
    /// <see cref="SideBlockMax"/>.</summary>
    public void AttachSideBlock(int index, ushort publisher, ReadOnlySpan<byte> sideBlock)
    {
        int length = Math.Min(sideBlock.Length, SideBlockMax);
        sideBlock[..length].CopyTo(_sideBlocks.AsSpan(index * SideBlockMax));
        _sideLengths[index] = (ushort)length;
        _pending[index].Publisher = publisher;
    }

    /// <summary>What the stack keeps of the bytes that a side of the flow sends, for links that are on and
    /// links that may be switched on.</summary>
    public KeptRange KeepOf(ref readonly FlowEntry flow, uint slot, Side side)
    {
        LinkTable plan = PlanOf(flow.Plan);
        ulong fitting = plan.WaitableMask == 0 || _delivery is null
            ? plan.WaitableMask
            : _delivery.Fitting(slot, plan.WaitableMask);
        return plan.KeepOf(flow.LinkMask, side, fitting);
    }

    /// <summary>The union of what is still wanted.</summary>
    public ulong WantedByAny()
    {
        ulong wanted = 0;
        for (int i = 0; i < Count; i++)
        {
            wanted |= _wanted[i];
        }

        return wanted;
    }

    /// <summary>Delivers what waits now, as a round of its own: what comes next changes the flow.</summary>
    public void Flush()
    {
        if (Count != 0 && !IsDelivering && _delivery is not null)
        {
            ForcedRoundCount++;
            _delivery.DeliverPending();
        }
    }

    /// <summary>Called by whoever delivers: what comes now is appended to the round,
    /// not delivered at once.</summary>
    public void BeginDelivery() => IsDelivering = true;

    /// <summary>Forgets what was delivered.</summary>
    public void EndDelivery()
    {
        IsDelivering = false;
        Count = 0;
    }

    private static EventFlags FlagsOf(Side sender, Side half) =>
        (EventFlags)((ushort)sender | ((ushort)half << 2));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private LinkTable Turn(ushort plan)
    {
        _recent = _plans[plan];
        _recentPlan = plan;
        return _recent;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool MakeRoom() => Count < PendingMax || MakeMore();

    private bool MakeMore()
    {
        if (!IsDelivering && _delivery is not null)
        {
            ForcedRoundCount++;
            _delivery.DeliverPending();
        }

        if (Count < CapacityMax)
        {
            return true;
        }

        LostCount++;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref EventRecord Begin<T>(
        ulong wanted, uint generation, FlowId flow, in T body, ushort type = OwnType)
        where T : unmanaged, IEvent
    {
        type = type == OwnType ? EventType<T>.Id : type;
        ref EventRecord record = ref _pending[Count];
        _sideLengths[Count] = 0;
        _wanted[Count++] = wanted;
        record.TypeId = type;
        record.Publisher = EventRecord.StackPublisher;
        record.Defined = 0;
        record.Hops = 0;
        record.Flow = flow;
        record.Generation = generation;
        record.EventNumber = ++_eventNumber;
        record.Cause = 0;
        Reinterpret.Fill(ref record.Body, in body);
        _built[type]++;
        return ref record;
    }
}

/// <summary>Delivers what the bus holds; the chain's runner.</summary>
public interface IEventDelivery
{
    /// <summary>Of links those whose flow filter takes the flow in a slot.</summary>
    ulong Fitting(uint slot, ulong links);

    /// <summary>A copy of kept bytes [from, to) of a side, in one piece; valid until the round is
    /// delivered.</summary>
    PacketBytes KeptBytes(uint slot, Side side, ulong from, ulong to);

    /// <summary>Called in the middle of a packet that raises more events than the bus has places
    /// for.</summary>
    void DeliverPending();
}
