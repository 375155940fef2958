using Dataplane.Events;
using Dataplane.Events.Applications;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Chains;

/// <summary>All an NF may touch while it handles an event: the packet, its flow,
/// and what it can say.</summary>
/// <remarks>One per NF instance; valid only inside a handler, on the handler's thread.</remarks>
public abstract class NfContext
{
    /// <summary>True while there is a packet (timers and flow ends have none).</summary>
    public abstract bool HasPacket { get; }

    /// <summary>The packet that raised the event; bytes are valid until the handler returns.</summary>
    public abstract ref Packet Packet { get; }

    /// <summary>The flow's entry; counters already include the packet.</summary>
    public abstract ref readonly FlowEntry Flow { get; }

    /// <summary>The flow's key; see <see cref="ClientIsB"/>.</summary>
    public abstract ref readonly FlowKey Key { get; }

    /// <summary>The flow's FID.</summary>
    public abstract FlowId FlowId { get; }

    /// <summary>Flow time, ns since 1970.</summary>
    public abstract long TimeNs { get; }

    /// <summary>True inline: a drop verdict is obeyed. False when listening or in <c>analyze</c>.</summary>
    public abstract bool CanDrop { get; }

    /// <summary>True when the client is end B of <see cref="Key"/>.</summary>
    public bool ClientIsB => (Flow.Flags & FlowFlags.ClientIsB) != 0;

    /// <summary>The bytes a DATA_RDY event announces.</summary>
    public abstract PacketBytes Bytes(in Event<DataReady> data);

    /// <summary>What application parsers know of the current flow; null while none follows it (nobody wants
    /// APP events, or nothing has been sent yet).</summary>
    public abstract IAppFlow? Application { get; }

    /// <summary>Bytes of a side kept by the stack (keep, engine §5), [from, to) in stream offsets.
    /// Returns how many
    /// were copied to <paramref name="target"/>; fewer than asked when bytes are gone.</summary>
    public abstract int CopyKept(Side side, ulong from, ulong to, Span<byte> target);

    /// <summary>The flow's byte streams, for NFs on the flow's own worker (an NF that looks says so in its
    /// profile, ReadsKept).</summary>
    public virtual StreamView Streams => throw new InvalidOperationException(
        "An NF on another core cannot look into streams; its profile must say so (ReadsKept).");

    /// <summary>Flows that the flow's worker follows.</summary>
    public abstract uint FlowCount { get; }

    /// <summary>Sets a one-shot timer for the current flow: SYS/TIMER comes to this NF's subscription to it,
    /// with the id, when so much flow time has passed. Timers of an ended flow never come.</summary>
    /// <remarks>An NF that subscribes to SYS/TIMER runs on the flow's worker.</remarks>
    /// <returns>False when all of the worker's timers are in use (counted).</returns>
    public abstract bool SetTimer(TimeSpan delay, uint id);

    /// <summary>Sends a frame of the NF's own making towards a side of the current flow, at once and unseen
    /// by the chain's NFs. Its profile says so (Effects = Packets), and so it runs on the flow's
    /// worker.</summary>
    /// <param name="to">Client or Server.</param>
    /// <param name="frame">The whole frame, link layer first: at most 2,048 bytes.</param>
    /// <returns>False when the chain only listens, the frame is too long, or there was no room
    /// (counted).</returns>
    public abstract bool Inject(Side to, ReadOnlySpan<byte> frame);

    /// <summary>Stops listening to what one side of the current flow sends, in all subscriptions; the stack
    /// does for that side what others still need. The kind says so (StopsSides).</summary>
    /// <returns>Number of the last event that the old rule applied to.</returns>
    public abstract ulong StopMonitoring(Side side);

    /// <summary>The TCB of the half whose update raised the event, as it was right after that
    /// update.</summary>
    public TcpSnapshot Snapshot<T>(in Event<T> e)
        where T : unmanaged, IEvent => Snapshot(e.Half);

    /// <summary>The TCB of one half right after the packet's update; not valid where the flow's depth has no
    /// TCP state. An NF that asks says so in its profile (ReadsSnapshots).</summary>
    public abstract TcpSnapshot Snapshot(Side half);

    /// <summary>Publishes an event about the current flow and packet.</summary>
    public abstract void Publish<T>(in T body)
        where T : unmanaged, IEvent;

    /// <summary>Publishes an event with a side block (at most 256 bytes; see
    /// <see cref="SideBlock"/>).</summary>
    public abstract void Publish<T>(in T body, ReadOnlySpan<byte> sideBlock)
        where T : unmanaged, IEvent;

    /// <summary>Publishes an event of a notice type to subscribers only: people do not hear of it.</summary>
    public abstract void PublishUnnoticed<T>(in T body, ReadOnlySpan<byte> sideBlock)
        where T : unmanaged, IEvent;

    /// <summary>Switches the NF's named subscription on for the current flow, where its filter fits.
    /// A subscription
    /// that starts before now gets what the stack kept first, flagged replay.</summary>
    /// <returns>Number of the last event that the old rule applied to;
    /// events queued by then still come.</returns>
    public abstract ulong Subscribe(string subscription);

    /// <summary>Switches the NF's named subscription off for the current flow.</summary>
    /// <returns>Number of the last event that the old rule applied to;
    /// events queued by then still come.</returns>
    public abstract ulong Unsubscribe(string subscription);

    /// <summary>Switches off every subscription of the NF for the current flow.</summary>
    /// <returns>Number of the last event that the old rule applied to;
    /// events queued by then still come.</returns>
    public abstract ulong UnsubscribeAll();

    /// <summary>True when any event is wanted by the named subscription for the current flow.</summary>
    public abstract bool IsSubscribed(string subscription);

    /// <summary>The side block of the event being handled; empty when it has none.</summary>
    public abstract ReadOnlySpan<byte> SideBlock { get; }

    /// <summary>Writes a record to its stream (EVE, flows, tcp).
    /// False when it had to be dropped (counted).</summary>
    public abstract bool Write<T>(in T record)
        where T : unmanaged, IRecord;

    /// <summary>Writes a record followed by variable bytes (payload, texts), at most 4,096 in all.</summary>
    public abstract bool Write<T>(in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord;
}

/// <summary>What an NF's constructor may ask for besides Options and PerFlow state;
/// one set for each worker.</summary>
public interface INfResources
{
    /// <summary>The resource of that type (rule set, DPI engine, ...),
    /// or null when this build has none.</summary>
    object? Find(Type type, string name);

    /// <summary>The resources of an NF that runs on a thread of its own; the same ones where all of them bear
    /// several threads.</summary>
    INfResources ForOtherThread() => this;
}
