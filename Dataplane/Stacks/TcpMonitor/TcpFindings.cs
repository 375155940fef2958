namespace Dataplane.Stacks.TcpMonitor;

/// <summary>What a segment is besides plain progress; the names follow Wireshark's TCP analysis.</summary>
[Flags]
public enum TcpFindings : uint
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

    AnyRetransmission = Retransmission | FastRetransmission | SpuriousRetransmission,
    AnyWindow = ZeroWindow | ZeroWindowProbe | ZeroWindowProbeAck | WindowUpdate | WindowFull | WindowShrunk,
    AnyAcknowledgment = DuplicateAck | KeepAlive | KeepAliveAck | AcknowledgedUnseen,
    AnyError = Challenge | OutOfWindow,
    AnyAnomaly = DataOnSyn | DataWithReset | DataAfterReset | Urgent | SplitHandshake | PortsReused,
}
