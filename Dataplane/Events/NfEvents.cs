namespace Dataplane.Events;

/// <summary>EVENT/DPI: protocol identification. Numbers are nDPI's (master, application).</summary>
[Event("DPI", Parent = typeof(AnyEvent))]
public readonly record struct DpiEvent(ushort Master, ushort App, byte Confidence, byte PacketsUsed) : IEvent;

/// <summary>EVENT/DPI_DETECT: a flow's protocol is known. Side block: the protocol's name, category,
/// host name.</summary>
[Event("DETECT", Parent = typeof(DpiEvent), Alias = "EVENT/DPI_DETECT")]
[Notice(Severity.Information, Title = "Protocol identified", TitleField = "protocol")]
[SideField("protocol", SideFieldType.Text)]
[SideField("category", SideFieldType.Text)]
[SideField("hostname", SideFieldType.Text)]
public readonly record struct DpiDetect(DpiEvent Dpi) : IEvent;

/// <summary>EVENT/DPI/GIVE_UP: no answer by dissection;
/// the numbers hold a guess by port or address.</summary>
[Event("GIVE_UP", Parent = typeof(DpiEvent))]
[SideField("protocol", SideFieldType.Text)]
[SideField("category", SideFieldType.Text)]
[SideField("hostname", SideFieldType.Text)]
public readonly record struct DpiGiveUp(DpiEvent Dpi) : IEvent;

/// <summary>EVENT/DPI/CHANGED: a late match replaced an earlier answer.</summary>
[Event("CHANGED", Parent = typeof(DpiEvent))]
[SideField("protocol", SideFieldType.Text)]
[SideField("category", SideFieldType.Text)]
[SideField("hostname", SideFieldType.Text)]
public readonly record struct DpiChanged(DpiEvent Dpi) : IEvent;

/// <summary>EVENT/DPI/RISK: nDPI's risk bits.</summary>
[Event("RISK", Parent = typeof(DpiEvent))]
public readonly record struct DpiRisk(DpiEvent Dpi, ulong RiskBits) : IEvent;

/// <summary>EVENT/IDS: inspection. RuleIndex counts in the rule set's load order.</summary>
[Event("IDS", Parent = typeof(AnyEvent))]
public readonly record struct IdsEvent(uint RuleIndex, uint Sid, byte Severity, IdsAction Action) : IEvent;

/// <summary>EVENT/IDS_ALERT: a rule matched. Side block: who is called source, gid, rev, texts.</summary>
[Event("ALERT", Parent = typeof(IdsEvent), Alias = "EVENT/IDS_ALERT")]
[Notice(Severity.High, Alert = true, Title = "Signature matched", TitleField = "signature")]
[SideField("gid", SideFieldType.UInt32)]
[SideField("rev", SideFieldType.UInt32)]
[SideField("signature", SideFieldType.Text)]
[SideField("category", SideFieldType.Text)]
public readonly record struct IdsAlert(IdsEvent Ids, uint Offset, ushort Length, Packets.Side Source)
    : IEvent;

/// <summary>EVENT/IDS/CLEAN: no rule is left that could match this flow.</summary>
[Event("CLEAN", Parent = typeof(IdsEvent))]
public readonly record struct IdsClean(IdsEvent Ids) : IEvent;

/// <summary>What became of the packet that raised an alert.</summary>
public enum IdsAction : byte
{
    Allowed = 0,
    Blocked = 1,
}

/// <summary>EVENT/STAT: figures of a flow.</summary>
[Event("STAT", Parent = typeof(AnyEvent))]
public readonly record struct StatEvent(uint WindowMs) : IEvent;

/// <summary>EVENT/LONG_FLOW: a flow's mean packet length passed the threshold (the paper's rule,
/// not a duration).</summary>
[Event("LONG_FLOW", Parent = typeof(StatEvent), Alias = "EVENT/LONG_FLOW")]
[Notice(Severity.Low, Alert = true, Title = "Long flow")]
public readonly record struct LongFlow(StatEvent Stat, uint MeanPacketBytes, uint Packets, ulong Bytes)
    : IEvent;

/// <summary>EVENT/CHAIN: something about the running chain; Nf is its index in the chain.</summary>
[Event("CHAIN", Parent = typeof(AnyEvent))]
public readonly record struct ChainEvent(ushort Nf) : IEvent;

/// <summary>EVENT/CHAIN/NF_FAULT: an NF threw too often and was taken out by its policy.</summary>
[Event("NF_FAULT", Parent = typeof(ChainEvent)),
    Notice(Severity.High, Title = "NF failed", TitleField = "nf")]
[SideField("nf", SideFieldType.Text)]
[SideField("error", SideFieldType.Text)]
public readonly record struct NfFault(ChainEvent Chain, uint ExceptionId) : IEvent;

/// <summary>EVENT/CHAIN/SUB_CHANGED: a subscription was switched for one flow.</summary>
[Event("SUB_CHANGED", Parent = typeof(ChainEvent))]
public readonly record struct SubscriptionChanged(ChainEvent Chain, byte Link, byte On) : IEvent;

/// <summary>EVENT/SYS: the appliance itself.</summary>
[Event("SYS", Parent = typeof(AnyEvent))]
public readonly record struct SystemEvent(ushort Code) : IEvent;

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
[Notice(Severity.High, Title = "The dataplane ended unexpectedly and started again")]
[SideField("reason", SideFieldType.Text)]
public readonly record struct ProcessEnded(SystemEvent System) : IEvent;
