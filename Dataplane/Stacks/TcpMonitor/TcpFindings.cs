namespace Dataplane.Stacks.TcpMonitor;

/// <summary>What a segment is besides plain progress; the names follow Wireshark's TCP analysis.</summary>
[Flags]
public enum TcpFindings : ulong
{
    None = 0,
    Retransmission = 1,
    FastRetransmission = 1 << 1,
    SpuriousRetransmission = 1 << 2,
    OutOfOrder = 1 << 3,

    /// <summary>Starts beyond the next expected number: something was not captured, or comes later.</summary>
    LostSegment = 1 << 4,

    /// <summary>Acknowledges what was not seen.</summary>
    AcknowledgedUnseen = 1 << 5,
    DuplicateAck = 1 << 6,
    KeepAlive = 1 << 7,
    KeepAliveAck = 1 << 8,
    ZeroWindow = 1 << 9,
    ZeroWindowProbe = 1 << 10,
    ZeroWindowProbeAck = 1 << 11,
    WindowUpdate = 1 << 12,
    WindowFull = 1 << 13,

    /// <summary>A SYN or SYN-ACK repeats or replaces an earlier one on the same 5-tuple.</summary>
    PortsReused = 1 << 14,

    /// <summary>RST or SYN that its receiver answers with a challenge ACK (RFC 5961).</summary>
    Challenge = 1 << 15,

    /// <summary>No byte of it lies in the window its receiver announced.</summary>
    OutOfWindow = 1 << 16,

    /// <summary>Payload in a SYN.</summary>
    DataOnSyn = 1 << 17,

    /// <summary>Payload in, or after, a RST.</summary>
    DataWithReset = 1 << 18,
    DataAfterReset = 1 << 19,

    /// <summary>The URG flag with a pointer into the stream.</summary>
    Urgent = 1 << 20,

    /// <summary>A SYN where a SYN-ACK was due (split handshake).</summary>
    SplitHandshake = 1 << 21,

    /// <summary>The window's right edge moved back (RFC 9293, 3.8.6).</summary>
    WindowShrunk = 1 << 22,

    /// <summary>A round trip was measured.</summary>
    RoundTrip = 1 << 23,

    /// <summary>The handshake is complete with this segment.</summary>
    HandshakeDone = 1 << 24,

    /// <summary>Its time stamp is older than the last one its receiver took (PAWS; RFC 7323, 5.3).</summary>
    OldTimestamp = 1UL << 25,

    /// <summary>Echoes a time stamp that was never sent, or carries none where both ends agreed on
    /// them.</summary>
    BadTimestamp = 1UL << 26,

    /// <summary>A SYN inside an open connection.</summary>
    SynInside = 1UL << 27,

    /// <summary>A reset whose number does not fit the end it pretends to come from.</summary>
    ResetInject = 1UL << 28,

    /// <summary>A window update whose acknowledgment is older than the last one.</summary>
    BadWindowUpdate = 1UL << 29,

    /// <summary>A handshake segment that acknowledges a number no end has chosen.</summary>
    HandshakeInject = 1UL << 30,
    FinStorm = 1UL << 31,
    ResetStorm = 1UL << 32,

    /// <summary>Fewer hops left than the policy asks for: it may not reach its receiver.</summary>
    LowTtl = 1UL << 33,

    /// <summary>Neither ACK nor SYN nor RST: its receiver drops it (RFC 9293, 3.10.7.4).</summary>
    NoAckFlag = 1UL << 34,

    /// <summary>The checksum is wrong.</summary>
    BadChecksum = 1UL << 35,

    /// <summary>Flags that no end sets together: SYN with FIN or RST, none, FIN with URG and PSH
    /// alone.</summary>
    BadFlags = 1UL << 36,

    /// <summary>An option's length does not fit.</summary>
    BadOptions = 1UL << 37,

    /// <summary>A reset answers a SYN.</summary>
    Rejected = 1UL << 38,

    /// <summary>The first FIN of the connection.</summary>
    HalfClosed = 1UL << 39,

    /// <summary>Repeats the last bytes sent within a fifth of a second: a tail loss probe (RFC
    /// 8985).</summary>
    TailProbe = 1UL << 40,

    /// <summary>Its receiver does not take it: its bytes are none of the stream's.</summary>
    Refused = 1UL << 41,

    /// <summary>Its acknowledgment shows a hole: a SACK block beyond it, or the third duplicate of
    /// it.</summary>
    LossReported = 1UL << 42,

    /// <summary>The round trip was measured by time stamps (RFC 7323, 4).</summary>
    ByTimestamp = 1UL << 43,

    /// <summary>What sound traffic brings again and again; it has masks of its own, or no event.</summary>
    Usual = RoundTrip | ByTimestamp | HandshakeDone,

    AnyRetransmission = Retransmission | FastRetransmission | SpuriousRetransmission,
    AnyWindow = ZeroWindow | ZeroWindowProbe | ZeroWindowProbeAck | WindowUpdate | WindowFull | WindowShrunk,
    AnyAcknowledgment = DuplicateAck | KeepAlive | KeepAliveAck | AcknowledgedUnseen,
    AnyError = Challenge | OutOfWindow | OldTimestamp | BadTimestamp | AcknowledgedUnseen,
    AnyBad = BadChecksum | BadFlags | BadOptions,
    AnyAnomaly = DataOnSyn | DataWithReset | DataAfterReset | Urgent | SplitHandshake | PortsReused
        | ResetInject | SynInside | BadWindowUpdate | FinStorm | ResetStorm | HandshakeInject | LowTtl
        | NoAckFlag,
}
