namespace Dataplane.Events;

/// <summary>EVENT/FLOW: something about a flow as a whole.</summary>
[Event("FLOW", Parent = typeof(AnyEvent))]
public readonly record struct FlowEvent(byte Protocol, byte Depth) : IEvent;

/// <summary>EVENT/FLOW/START: Origin is a <see cref="FlowOrigin"/>.</summary>
[Event("START", Parent = typeof(FlowEvent))]
public readonly record struct FlowStart(FlowEvent Flow, FlowOrigin Origin) : IEvent;

/// <summary>EVENT/FLOW/END: the flow's counters can still be read while this is handled.</summary>
[Event("END", Parent = typeof(FlowEvent))]
public readonly record struct FlowEnd(FlowEvent Flow, FlowEndReason Reason) : IEvent;

/// <summary>EVENT/FLOW/UPDATE: a packet was counted. It asks nothing of the stack, so bypassed flows raise
/// it, too.</summary>
[Event("UPDATE", Parent = typeof(FlowEvent))]
public readonly record struct FlowUpdate(FlowEvent Flow, uint Packets, ulong Bytes) : IEvent;

/// <summary>EVENT/FLOW/REUSED: a new connection began on the 5-tuple of an old one, in the same flow: state
/// that belongs to the connection starts anew. Raised before the new connection's first packet
/// events.</summary>
[Event("REUSED", Parent = typeof(FlowEvent))]
public readonly record struct FlowReused(FlowEvent Flow, FlowEndReason OldReason) : IEvent;

/// <summary>EVENT/FLOW/DEPTH_CHANGE.</summary>
[Event("DEPTH_CHANGE", Parent = typeof(FlowEvent))]
public readonly record struct FlowDepthChange(FlowEvent Flow, byte OldDepth, byte NewDepth) : IEvent;

/// <summary>EVENT/FLOW/ORPHAN: the first packet of a flow is a TCP segment without SYN.</summary>
[Event("ORPHAN", Parent = typeof(FlowEvent))]
public readonly record struct FlowOrphan(FlowEvent Flow, byte TcpFlags) : IEvent;

/// <summary>EVENT/FLOW/FLIPPED: client and server changed places; who is the client holds from here
/// on.</summary>
[Event("FLIPPED", Parent = typeof(FlowEvent))]
public readonly record struct FlowFlipped(FlowEvent Flow) : IEvent;

/// <summary>EVENT/FLOW/BYPASSED: nobody needs the flow's stack any more. Raised before, not with,
/// FLOW/DEPTH_CHANGE.</summary>
[Event("BYPASSED", Parent = typeof(FlowEvent))]
public readonly record struct FlowBypassed(FlowEvent Flow, byte OldDepth) : IEvent;

/// <summary>EVENT/FLOW/EVICTED: removed to make room; FLOW/END follows. Cause is an
/// <see cref="EvictionCause"/>.</summary>
[Event("EVICTED", Parent = typeof(FlowEvent))]
public readonly record struct FlowEvicted(FlowEvent Flow, byte Cause) : IEvent;

/// <summary>How a flow began.</summary>
public enum FlowOrigin : byte
{
    Syn,
    SynAck,
    Midstream,
    Datagram,
}

/// <summary>Why a flow ended.</summary>
public enum FlowEndReason : byte
{
    Fin,
    Reset,
    Timeout,
    Evicted,
    NetworkFunction,
    Shutdown,

    /// <summary>A new SYN took the 5-tuple over.</summary>
    Reused,
}

/// <summary>Cause of a FLOW/EVICTED.</summary>
public enum EvictionCause : byte
{
    /// <summary>The table was full: the flow heard from longest ago gave way.</summary>
    TableFull,

    /// <summary>Timeouts were shortened because the table filled up.</summary>
    EmergencyTimeout,
}
