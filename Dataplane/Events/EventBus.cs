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
public sealed class EventBus
{
    /// <summary>How many events one packet may collect before a delivery round is forced.</summary>
    public const int PendingMax = 16;

    private readonly EventRecord[] _pending = new EventRecord[PendingMax];
    private readonly ulong[] _wanted = new ulong[PendingMax];
    private readonly PacketBytes[] _bytes = new PacketBytes[PendingMax];
    private readonly ulong[] _built = new ulong[EventTree.Types.Count];
    private LinkTable[] _plans = [];
    private ulong _eventNumber;
    private byte _worker;

    /// <summary>How many events wait for delivery.</summary>
    public int Count { get; private set; }

    /// <summary>Events that found no room and were lost; 0 in a sound chain.</summary>
    public ulong OverflowCount { get; private set; }

    /// <summary>Number of the event built last.</summary>
    public ulong LastEventNumber => _eventNumber;

    /// <summary>Events built, by type number; E5: an unwanted event is not among them.</summary>
    public ReadOnlySpan<ulong> BuiltByType => _built;

    /// <summary>The pending event at an index below <see cref="Count"/>.</summary>
    public ref EventRecord this[int index] => ref _pending[index];

    /// <summary>Links that want the pending event.</summary>
    public ref ulong WantedBy(int index) => ref _wanted[index];

    /// <summary>The bytes a pending DATA_RDY event announces; empty for other events.</summary>
    public PacketBytes BytesOf(int index) => _bytes[index];

    /// <summary>Puts the plans of a revision in place; called between bursts.</summary>
    public void Use(byte worker, LinkTable[] plans)
    {
        _worker = worker;
        _plans = plans;
    }

    /// <summary>The links that want such an event of this flow: 0 for most.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Wanted<T>(ref readonly FlowEntry flow, Side sender, Side half, Hook hook = Hook.Post)
        where T : unmanaged, IEvent =>
        flow.LinkMask & _plans[flow.Plan].Wants(EventType<T>.Id, sender, half, hook);

    /// <summary>Builds an event for the links in <paramref name="wanted"/> (not 0) and queues it.</summary>
    public void Collect<T>(
        ulong wanted, ref readonly FlowEntry flow, uint slot, ref readonly Packet packet,
        Side half, in T body, EventFlags flags = EventFlags.None, PacketBytes bytes = default)
        where T : unmanaged, IEvent
    {
        if (Count == PendingMax)
        {
            OverflowCount++;
            return;
        }

        _bytes[Count] = bytes;
        ref EventRecord record = ref Begin<T>(wanted, flow.Generation, FlowId.Of(_worker, slot));
        record.Flags = flags | Flags(packet.Sender, half);
        record.TimeNs = packet.TimestampNs;
        record.PacketRef = packet.BufferRef;
        record.Body = default;
        Reinterpret.As<EventBody, T>(ref record.Body) = body;
    }

    /// <summary>True when there is no room for another event: deliver first.</summary>
    public bool IsFull => Count == PendingMax;

    /// <summary>Forgets what was delivered.</summary>
    public void Clear() => Count = 0;

    private static EventFlags Flags(Side sender, Side half) =>
        (EventFlags)((ushort)sender | ((ushort)half << 2));

    private ref EventRecord Begin<T>(ulong wanted, uint generation, FlowId flow)
        where T : unmanaged, IEvent
    {
        ref EventRecord record = ref _pending[Count];
        _wanted[Count++] = wanted;
        record.TypeId = EventType<T>.Id;
        record.Publisher = EventRecord.StackPublisher;
        record.Priority = 0;
        record.Hops = 0;
        record.Flow = flow;
        record.Generation = generation;
        record.EventNumber = ++_eventNumber;
        record.Cause = 0;
        _built[EventType<T>.Id]++;
        return ref record;
    }
}
