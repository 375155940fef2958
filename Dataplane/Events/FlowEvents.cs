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

/// <summary>EVENT/FLOW/EVICTED: removed to make room.</summary>
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
