using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Chains;

/// <summary>Takes the events that people hear of unasked: the spool,
/// or a collector in <c>analyze</c>.</summary>
public interface INoticeSink
{
    /// <summary>Called on the worker's thread; everything in the notice is valid until it returns.</summary>
    void Accept(in Notice notice);
}

/// <summary>An event whose type is marked [Notice], with all that it refers to.</summary>
public readonly ref struct Notice
{
    private readonly ref readonly EventRecord _record;
    private readonly ref readonly FlowEntry _flow;
    private readonly ref readonly FlowKey _key;
    private readonly ref readonly Packet _packet;

    /// <summary>A notice about a flow, and the packet that raised it.</summary>
    public Notice(
        ref readonly EventRecord record, ReadOnlySpan<byte> sideBlock, ChainFunction? function, Chain chain,
        ref readonly FlowEntry flow, ref readonly FlowKey key, ref readonly Packet packet,
        PacketPresence presence)
    {
        _record = ref record;
        _flow = ref flow;
        _key = ref key;
        _packet = ref packet;
        SideBlock = sideBlock;
        Function = function;
        Chain = chain;
        HasPacket = presence == PacketPresence.Present;
    }

    /// <summary>The event.</summary>
    public ref readonly EventRecord Record => ref _record;

    /// <summary>The event's side block, laid out by its type's [SideField]s;
    /// empty when it has none.</summary>
    public ReadOnlySpan<byte> SideBlock { get; }

    /// <summary>The NF that published it; null when a stack did.</summary>
    public ChainFunction? Function { get; }

    /// <summary>The chain it happened in.</summary>
    public Chain Chain { get; }

    /// <summary>True when the event is about a flow.</summary>
    public bool HasFlow => _record.Flow != FlowId.None;

    /// <summary>The flow's entry, where there is a flow.</summary>
    public ref readonly FlowEntry Flow => ref _flow;

    /// <summary>The flow's key, where there is a flow.</summary>
    public ref readonly FlowKey Key => ref _key;

    /// <summary>True when a packet raised it.</summary>
    public bool HasPacket { get; }

    /// <summary>The packet, where there is one.</summary>
    public ref readonly Packet Packet => ref _packet;
}

/// <summary>Whether a notice has a packet.</summary>
public enum PacketPresence : byte
{
    Absent,
    Present,
}
