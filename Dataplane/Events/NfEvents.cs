using Dataplane.Events.Applications;

namespace Dataplane.Events;

/// <summary>EVENT/DPI: protocol identification. Numbers are nDPI's (master, application, category,
/// breed); bit n of RiskBits is its risk n.</summary>
[Event("DPI", Parent = typeof(AnyEvent))]
public readonly record struct DpiEvent(
    ushort Master, ushort App, DpiConfidence Confidence, byte PacketsUsed, byte CategoryId = 0,
    byte BreedId = 0, ulong RiskBits = 0) : IEvent;

/// <summary>Where an answer comes from, weakest first: nDPI's numbers.</summary>
public enum DpiConfidence : byte
{
    Unknown,
    MatchByPort,
    MatchByIp,

    /// <summary>Another flow's dissection said what this one would be.</summary>
    DpiCache,
    Dpi,
}

/// <summary>EVENT/DPI_DETECT: a flow's protocol is known. Side block: names of protocol and category, host
/// name or SNI, breed.</summary>
[Event("DETECT", Parent = typeof(DpiEvent), Alias = "EVENT/DPI_DETECT")]
[Notice(Severity.Information, Title = "Protocol identified", TitleField = "protocol")]
[SideField("protocol", SideFieldType.Text)]
[SideField("category", SideFieldType.Text)]
[SideField("hostname", SideFieldType.Text)]
[SideField("breed", SideFieldType.Text)]
public readonly record struct DpiDetect(DpiEvent Dpi) : IEvent;

/// <summary>EVENT/DPI/GIVE_UP: no answer by dissection;
/// the numbers hold a guess by port or address.</summary>
[Event("GIVE_UP", Parent = typeof(DpiEvent))]
[SideField("protocol", SideFieldType.Text)]
[SideField("category", SideFieldType.Text)]
[SideField("hostname", SideFieldType.Text)]
[SideField("breed", SideFieldType.Text)]
public readonly record struct DpiGiveUp(DpiEvent Dpi) : IEvent;

/// <summary>EVENT/DPI/CHANGED: a later packet replaced the answer, or completed it by category or host
/// name.</summary>
[Event("CHANGED", Parent = typeof(DpiEvent))]
[SideField("protocol", SideFieldType.Text)]
[SideField("category", SideFieldType.Text)]
[SideField("hostname", SideFieldType.Text)]
[SideField("breed", SideFieldType.Text)]
public readonly record struct DpiChanged(DpiEvent Dpi) : IEvent;

/// <summary>EVENT/DPI/RISK: identification is over and nDPI saw risks. Side block: the protocol's name, the
/// risks' names with commas between.</summary>
[Event("RISK", Parent = typeof(DpiEvent))]
[SideField("protocol", SideFieldType.Text)]
[SideField("risks", SideFieldType.Text)]
public readonly record struct DpiRisk(DpiEvent Dpi) : IEvent;

/// <summary>EVENT/IDS: inspection. RuleIndex counts in the rule set's load order.</summary>
[Event("IDS", Parent = typeof(AnyEvent))]
public readonly record struct IdsEvent(uint RuleIndex, uint Sid, byte Severity, IdsAction Action) : IEvent;

/// <summary>EVENT/IDS_ALERT: a rule matched. Side block: gid, rev, texts. Source: who is called source.
/// Transaction: number of the one that matched plus one; 0: none did.</summary>
[Event("ALERT", Parent = typeof(IdsEvent), Alias = "EVENT/IDS_ALERT")]
[Notice(Severity.High, Alert = true, Title = "Signature matched", TitleField = "signature")]
[SideField("gid", SideFieldType.UInt32)]
[SideField("rev", SideFieldType.UInt32)]
[SideField("signature", SideFieldType.Text)]
[SideField("category", SideFieldType.Text)]
public readonly record struct IdsAlert(
    IdsEvent Ids, uint Offset, ushort Length, Packets.Side Source,
    AppProtocol Application = AppProtocol.Unknown, uint Transaction = 0) : IEvent;

/// <summary>EVENT/IDS/CLEAN: no rule is left that could match this flow.</summary>
[Event("CLEAN", Parent = typeof(IdsEvent))]
public readonly record struct IdsClean(IdsEvent Ids) : IEvent;

/// <summary>EVENT/IDS/ANOMALY: inspection met what no sound peer sends; RuleIndex is
/// <c>uint.MaxValue</c> where no rule says so.</summary>
[Event("ANOMALY", Parent = typeof(IdsEvent))]
public readonly record struct IdsAnomaly(IdsEvent Ids) : IEvent;

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

/// <summary>EVENT/STAT/ELEPHANT: a flow's rate over the window, in bytes a second, is high.</summary>
[Event("ELEPHANT", Parent = typeof(StatEvent))]
public readonly record struct ElephantFlow(StatEvent Stat, ulong BytesPerSecond) : IEvent;

/// <summary>EVENT/STAT/THRESHOLD: so many of one kind within a flow; said once for each kind and
/// flow.</summary>
[Event("THRESHOLD", Parent = typeof(StatEvent))]
public readonly record struct ThresholdPassed(StatEvent Stat, ThresholdKind Kind, uint Count) : IEvent;

/// <summary>EVENT/STAT/HEAVY_HITTER: a source sent more bytes in the window than the threshold.</summary>
[Event("HEAVY_HITTER", Parent = typeof(StatEvent))]
public readonly record struct HeavyHitter(StatEvent Stat, ulong Bytes) : IEvent;

/// <summary>EVENT/STAT/SUPER_SPREADER: a source began flows to more destinations in the window than the
/// threshold.</summary>
[Event("SUPER_SPREADER", Parent = typeof(StatEvent))]
public readonly record struct SuperSpreader(StatEvent Stat, uint Destinations) : IEvent;

/// <summary>EVENT/STAT/SCAN: a source tried more ports of one destination in the window than the
/// threshold.</summary>
[Event("SCAN", Parent = typeof(StatEvent))]
public readonly record struct PortScan(StatEvent Stat, uint Ports) : IEvent;

/// <summary>EVENT/STAT/FLOOD: a destination gets more of one kind in the window than the threshold; a
/// second.</summary>
[Event("FLOOD", Parent = typeof(StatEvent))]
public readonly record struct Flood(StatEvent Stat, FloodKind Kind, ulong Rate) : IEvent;

/// <summary>Kind of a STAT/THRESHOLD.</summary>
public enum ThresholdKind : byte
{
    Retransmissions,
    ZeroWindows,
    Gaps,
    ChecksumErrors,
}

/// <summary>Kind of a STAT/FLOOD.</summary>
public enum FloodKind : byte
{
    Syn,
    Udp,
    DnsAmplification,
}
