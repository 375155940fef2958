namespace Dataplane.Events;

/// <summary>EVENT/PKT/TCP (alias PKT_IN): a TCP segment, once for each half that it updates, published as
/// one of its children.</summary>
[Event("TCP", Parent = typeof(PacketEvent), AlsoKnownAs = "PKT_IN")]
public readonly record struct TcpPacket(
    PacketEvent Packet,
    uint Sequence,
    uint Acknowledgment,
    ushort Window,
    ushort PayloadLength,
    ushort PayloadOffset,
    byte TcpFlags,
    byte OptionBits) : IEvent;

/// <summary>EVENT/TCP: state of a connection; the two states are <c>TcpState</c> numbers.</summary>
[Event("TCP", Parent = typeof(AnyEvent))]
public readonly record struct TcpEvent(byte ClientState, byte ServerState) : IEvent;

/// <summary>EVENT/TCP/STATE: one half went from one state to another; published as the child of the state
/// it is in now.</summary>
[Event("STATE", Parent = typeof(TcpEvent))]
[EventKinds("CLOSED", "LISTEN", "SYN_SENT", "SYN_RECEIVED", "ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2",
    "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT")]
public readonly record struct TcpStateChange(TcpEvent Tcp, byte From, byte To, byte Origin) : IEvent;

/// <summary>EVENT/TCP/STATE/ESTABLISHED: the handshake is complete; time from SYN to its last ACK.</summary>
[Event("ESTABLISHED", Parent = typeof(TcpStateChange))]
public readonly record struct TcpEstablished(TcpStateChange Change, uint HandshakeRttNs) : IEvent;

/// <summary>EVENT/TCP/REXMIT: bytes, SYN or FIN seen before; Kind is a
/// <see cref="RetransmissionKind"/>.</summary>
[Event("REXMIT", Parent = typeof(TcpEvent))]
public readonly record struct TcpRetransmission(TcpEvent Tcp, uint Sequence, ushort Length, byte Kind)
    : IEvent;

/// <summary>EVENT/TCP/REXMIT/INCONSISTENT: the overlap carries other bytes than before.</summary>
[Event("INCONSISTENT", Parent = typeof(TcpRetransmission)),
    Notice(Severity.Medium, Title = "Inconsistent retransmission")]
public readonly record struct TcpInconsistent(TcpRetransmission Retransmission, uint FirstDifference)
    : IEvent;

/// <summary>EVENT/TCP/REORDER: a segment ahead of or behind its turn; distance in bytes, capped.</summary>
[Event("REORDER", Parent = typeof(TcpEvent))]
public readonly record struct TcpReorder(TcpEvent Tcp, uint Sequence, ushort Distance) : IEvent;

/// <summary>EVENT/TCP/LOSS_HINT: bytes are missing before a segment, or an acknowledgment shows that they are
/// (SACK, or the third duplicate: then Length is 0, unknown). Hole is the first missing number.</summary>
[Event("LOSS_HINT", Parent = typeof(TcpEvent))]
public readonly record struct TcpLossHint(TcpEvent Tcp, uint Hole, uint Length) : IEvent;

/// <summary>EVENT/TCP/ACK: an acknowledgment worth counting; Kind is an
/// <see cref="AcknowledgmentKind"/>.</summary>
[Event("ACK", Parent = typeof(TcpEvent))]
public readonly record struct TcpAcknowledgment(TcpEvent Tcp, byte Kind) : IEvent;

/// <summary>EVENT/TCP/RTT: from here to an end and back; Method is a
/// <see cref="RoundTripMethod"/>.</summary>
[Event("RTT", Parent = typeof(TcpEvent))]
public readonly record struct TcpRoundTrip(TcpEvent Tcp, uint SampleUs, uint SmoothedUs, byte Method)
    : IEvent;

/// <summary>EVENT/TCP/WINDOW: Kind is a <see cref="WindowKind"/> (zero, reopened, shrunk,
/// full, probe).</summary>
[Event("WINDOW", Parent = typeof(TcpEvent))]
public readonly record struct TcpWindow(TcpEvent Tcp, byte Kind) : IEvent;

/// <summary>EVENT/TCP/ERROR: Why is a <see cref="TcpErrorReason"/>.</summary>
[Event("ERROR", Parent = typeof(TcpEvent))]
[EventKinds("OUT_OF_WINDOW", "BUFFER_OVERRUN", "ACK_UNSEEN", "PAWS", "BAD_TIMESTAMP", "CHALLENGE")]
public readonly record struct TcpError(TcpEvent Tcp, byte Why) : IEvent;

/// <summary>EVENT/TCP/ANOMALY: Id is a <see cref="TcpAnomalyKind"/>.</summary>
[Event("ANOMALY", Parent = typeof(TcpEvent))]
[EventKinds("", "SYN_WITH_DATA", "RST_WITH_DATA", "DATA_AFTER_RST", "URGENT_OOB", "SPLIT_HANDSHAKE",
    "PORTS_REUSED", "SUSPECTED_RST_INJECT", "SYN_INSIDE", "BAD_WINDOW_UPDATE", "FIN_STORM", "RST_STORM",
    "HANDSHAKE_INJECT", "LOW_TTL", "NO_ACK_FLAG")]
public readonly record struct TcpAnomaly(TcpEvent Tcp, ushort Id) : IEvent;

/// <summary>EVENT/TCP/ATTEMPT: the flow ended and nobody had answered its SYN.</summary>
[Event("ATTEMPT", Parent = typeof(TcpEvent))]
public readonly record struct TcpAttempt(TcpEvent Tcp) : IEvent;

/// <summary>EVENT/TCP/REJECTED: a SYN was answered by a reset.</summary>
[Event("REJECTED", Parent = typeof(TcpEvent))]
public readonly record struct TcpRejected(TcpEvent Tcp) : IEvent;

/// <summary>EVENT/TCP/HALF_CLOSED: one side has sent its FIN, the other goes on.</summary>
[Event("HALF_CLOSED", Parent = typeof(TcpEvent))]
public readonly record struct TcpHalfClosed(TcpEvent Tcp) : IEvent;
