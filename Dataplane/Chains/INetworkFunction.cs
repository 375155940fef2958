using Dataplane.Events;

namespace Dataplane.Chains;

/// <summary>A network function: one middlebox feature, one instance for each worker.</summary>
/// <remarks>
/// It hears through <see cref="IHandle{T}"/> and says through <see cref="IPublish{T}"/>.
/// Its constructor takes
/// its <c>Options</c> record, <c>PerFlow&lt;T&gt;</c> state and the resources of <see cref="INfResources"/>.
/// It never touches ports, TCBs, threads, clocks, files or sockets. Handlers run on the owning worker.
/// </remarks>
public interface INetworkFunction;

/// <summary>Hears events of type <typeparamref name="T"/> and all below it.</summary>
public interface IHandle<T>
    where T : unmanaged, IEvent
{
    /// <summary>Called for each delivered event; what it refers to is valid until it returns.</summary>
    Verdict Handle(in Event<T> e, NfContext context);
}

/// <summary>Says events of type <typeparamref name="T"/>.</summary>
public interface IPublish<T>
    where T : unmanaged, IEvent;

/// <summary>Declares records written to a file stream (side effect: rule P9 sees it).</summary>
public interface IWrites<T>
    where T : unmanaged, IRecord;

/// <summary>A binary record for the record writer: EVE lines, flow records, tcp.json lines.</summary>
public interface IRecord
{
    /// <summary>The stream it belongs to.</summary>
    static abstract RecordStream Stream { get; }
}

/// <summary>The streams the record writer knows; one formatter each in <c>Notices</c>.</summary>
public enum RecordStream : byte
{
    EveAlert,
    EveEvent,
    EveApplication,
    EveFlow,
    Flow,
    TcpConnection,
}

/// <summary>Wants to know that its worker has nothing to do or that time passed (a few times a
/// second).</summary>
public interface ITick
{
    /// <summary>Called between bursts with flow time in ns since 1970.</summary>
    void Tick(long timeNs);
}
