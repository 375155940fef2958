namespace Dataplane.Events;

/// <summary>Kind of a TCP/REXMIT.</summary>
public enum RetransmissionKind : byte
{
    /// <summary>After a timeout, or for no reason that can be seen.</summary>
    Plain,

    /// <summary>Within 20 ms of two or more duplicate ACKs for just this number.</summary>
    Fast,

    /// <summary>Of bytes that were acknowledged already.</summary>
    Spurious,

    /// <summary>None by the analysis: a segment that overlaps others with different bytes (INCONSISTENT
    /// only).</summary>
    Overlap,
    Syn,
    SynAck,
    Fin,

    /// <summary>The last bytes again, sooner than a timeout (RFC 8985).</summary>
    TailProbe,
}

/// <summary>Kind of a TCP/ACK.</summary>
public enum AcknowledgmentKind : byte
{
    Duplicate,
    KeepAlive,
    KeepAliveAnswer,

    /// <summary>Of bytes that were not seen.</summary>
    Unseen,
}

/// <summary>Method of a TCP/RTT.</summary>
public enum RoundTripMethod : byte
{
    /// <summary>By the number that an ACK names; repeated segments are left out (Karn).</summary>
    Sequence,

    /// <summary>By the time stamp that comes back: of a repeated segment, too (RFC 7323, 4).</summary>
    Timestamp,
}

/// <summary>Kind of a TCP/WINDOW.</summary>
public enum WindowKind : byte
{
    Zero,
    Reopened,
    Shrunk,
    Full,
    Probe,
    ProbeAnswer,
}

/// <summary>Why of a TCP/ERROR.</summary>
public enum TcpErrorReason : byte
{
    OutOfWindow,
    BufferOverrun,
    AcknowledgedUnseen,
    OldTimestamp,
    BadTimestamp,
    Challenge,
}

/// <summary>Id of a TCP/ANOMALY.</summary>
public enum TcpAnomalyKind : ushort
{
    SynWithData = 1,
    ResetWithData,
    DataAfterReset,
    UrgentData,
    SplitHandshake,
    PortsReused,

    /// <summary>A reset whose number or TTL does not fit the end it pretends to come from.</summary>
    SuspectedResetInject,

    /// <summary>A SYN inside an established connection.</summary>
    SynInside,

    /// <summary>A window update whose acknowledgment is older than the last one.</summary>
    BadWindowUpdate,
    FinStorm,
    ResetStorm,

    /// <summary>A handshake segment with a number that no end has chosen.</summary>
    HandshakeInject,

    /// <summary>Fewer hops left than <c>stack.ttlMin</c>.</summary>
    LowTtl,

    /// <summary>Neither ACK nor SYN nor RST.</summary>
    NoAckFlag,
}
