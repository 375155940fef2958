namespace Dataplane.Events;

/// <summary>EVENT/CHAIN: something about the running chain; Nf is its index in the chain.</summary>
[Event("CHAIN", Parent = typeof(AnyEvent))]
public readonly record struct ChainEvent(ushort Nf) : IEvent;

/// <summary>EVENT/CHAIN/NF_FAULT: an NF threw too often and was taken out by its policy.</summary>
[Event("NF_FAULT", Parent = typeof(ChainEvent)),
    Notice(Severity.High, Alert = true, Title = "NF {nf} failed", TitleField = "nf")]
[SideField("nf", SideFieldType.Text)]
[SideField("error", SideFieldType.Text)]
public readonly record struct NfFault(ChainEvent Chain, uint ExceptionId) : IEvent;

/// <summary>EVENT/CHAIN/SUB_CHANGED: a subscription was switched for one flow.</summary>
[Event("SUB_CHANGED", Parent = typeof(ChainEvent))]
public readonly record struct SubscriptionChanged(ChainEvent Chain, byte Link, byte On) : IEvent;

/// <summary>EVENT/CHAIN/NF_UP: an NF has its instance on this worker.</summary>
[Event("NF_UP", Parent = typeof(ChainEvent))]
public readonly record struct NfUp(ChainEvent Chain) : IEvent;

/// <summary>EVENT/CHAIN/NF_DOWN: an NF was taken out, or its revision ended.</summary>
[Event("NF_DOWN", Parent = typeof(ChainEvent))]
public readonly record struct NfDown(ChainEvent Chain) : IEvent;

/// <summary>EVENT/CHAIN/OVERLOAD: events or packets were shed; Cause is an
/// <see cref="OverloadCause"/>.</summary>
[Event("OVERLOAD", Parent = typeof(ChainEvent))]
public readonly record struct ChainOverload(ChainEvent Chain, uint Dropped, OverloadCause Cause) : IEvent;

/// <summary>EVENT/CHAIN/BACKPRESSURE: an NF's ring is full and its worker has stopped receiving, or goes on
/// again.</summary>
[Event("BACKPRESSURE", Parent = typeof(ChainEvent))]
public readonly record struct ChainBackpressure(ChainEvent Chain, byte On) : IEvent;

/// <summary>EVENT/SYS: the appliance itself.</summary>
[Event("SYS", Parent = typeof(AnyEvent))]
public readonly record struct SystemEvent(ushort Code) : IEvent;

/// <summary>EVENT/SYS/TIMER: a one-shot timer that an NF set for a flow has run out.</summary>
[Event("TIMER", Parent = typeof(SystemEvent))]
public readonly record struct TimerExpired(SystemEvent System, uint Id) : IEvent;

/// <summary>EVENT/SYS/DEBUG: an NF says what it is doing. Side block: the text.</summary>
[Event("DEBUG", Parent = typeof(SystemEvent))]
[SideField("text", SideFieldType.Text)]
public readonly record struct DebugMessage(SystemEvent System) : IEvent;

/// <summary>EVENT/SYS/TICK: flow time passed, a few times a second; no flow.</summary>
[Event("TICK", Parent = typeof(SystemEvent))]
public readonly record struct TimePassed(SystemEvent System) : IEvent;

/// <summary>EVENT/SYS/MEMCAP: a pool reached its cap.</summary>
[Event("MEMCAP", Parent = typeof(SystemEvent)), Notice(Severity.Medium, Title = "Memory cap reached")]
public readonly record struct MemoryCap(SystemEvent System, byte Pool, uint Used, uint Cap) : IEvent;

/// <summary>EVENT/SYS/NOTICES_LOST: sequence numbers that were never written, inclusive.</summary>
[Event("NOTICES_LOST", Parent = typeof(SystemEvent)), Notice(Severity.High, Title = "Notices were lost")]
public readonly record struct NoticesLost(SystemEvent System, ulong From, ulong To) : IEvent;

/// <summary>EVENT/SYS/STORAGE: the disk is full, or has room again.</summary>
[Event("STORAGE", Parent = typeof(SystemEvent)), Notice(Severity.High, Title = "Disk space")]
public readonly record struct StorageState(SystemEvent System, byte Full) : IEvent;

/// <summary>EVENT/SYS/ENDED: the process before this one ended unasked. Side block: why.</summary>
[Event("ENDED", Parent = typeof(SystemEvent))]
[Notice(Severity.High, Alert = true, Title = "The dataplane ended unexpectedly and started again")]
[SideField("reason", SideFieldType.Text)]
public readonly record struct ProcessEnded(SystemEvent System) : IEvent;

/// <summary>Cause of a CHAIN/OVERLOAD.</summary>
public enum OverloadCause : byte
{
    /// <summary>A packet raised more events than the bus has places for.</summary>
    EventPlaces,

    /// <summary>The ring of a parallel NF was full.</summary>
    NfRing,

    /// <summary>A record sink had no room.</summary>
    RecordSink,
}
