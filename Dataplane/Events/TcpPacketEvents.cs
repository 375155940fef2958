namespace Dataplane.Events;

/// <summary>EVENT/PKT/TCP/SYN: SYN without ACK.</summary>
/// <remarks>
/// A segment is published once for each half, as the first of these that it is: BAD, RST, SYN, SYNACK, FIN,
/// then what the half makes of it (KEEPALIVE, ZEROWIN_PROBE, ZEROWIN, WINUPDATE, DUPACK), DATA, ACK. Links
/// that want another one that it is as well, or OPT, and have not got it yet, get it as that.
/// </remarks>
[Event("SYN", Parent = typeof(TcpPacket))]
public readonly record struct SynPacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/SYNACK.</summary>
[Event("SYNACK", Parent = typeof(TcpPacket))]
public readonly record struct SynAckPacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/ACK: an ACK that carries neither data nor SYN, FIN or RST.</summary>
[Event("ACK", Parent = typeof(TcpPacket))]
public readonly record struct AckPacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/DATA: a segment with payload.</summary>
[Event("DATA", Parent = typeof(TcpPacket))]
public readonly record struct DataPacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/FIN.</summary>
[Event("FIN", Parent = typeof(TcpPacket))]
public readonly record struct FinPacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/RST.</summary>
[Event("RST", Parent = typeof(TcpPacket))]
public readonly record struct ResetPacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/OPT: a segment with options, one child for each option that it carries; MD5 stands
/// for AO, too.</summary>
[Event("OPT", Parent = typeof(TcpPacket))]
[EventKinds("MSS", "WS", "TS", "SACK", "SACK_PERM", "TFO", "MD5", "UNKNOWN")]
public readonly record struct OptionPacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/KEEPALIVE: one byte or none below the next number expected.</summary>
[Event("KEEPALIVE", Parent = typeof(TcpPacket))]
public readonly record struct KeepAlivePacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/ZEROWIN: a segment that closes its sender's window.</summary>
[Event("ZEROWIN", Parent = typeof(TcpPacket))]
public readonly record struct ZeroWindowPacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/ZEROWIN_PROBE: one byte into a closed window.</summary>
[Event("ZEROWIN_PROBE", Parent = typeof(TcpPacket))]
public readonly record struct ZeroWindowProbePacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/WINUPDATE: an ACK that only changes the window.</summary>
[Event("WINUPDATE", Parent = typeof(TcpPacket))]
public readonly record struct WindowUpdatePacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/DUPACK: the same acknowledgment again; bit 0 of Packet.Aux: it carries a
/// DSACK (RFC 2883).</summary>
[Event("DUPACK", Parent = typeof(TcpPacket))]
public readonly record struct DuplicateAckPacket(TcpPacket Tcp) : IEvent;

/// <summary>EVENT/PKT/TCP/BAD: Packet.Why is a <see cref="BadTcpReason"/>.</summary>
[Event("BAD", Parent = typeof(TcpPacket))]
public readonly record struct BadTcpPacket(TcpPacket Tcp) : IEvent;

/// <summary>Why of a PKT/TCP/BAD.</summary>
public enum BadTcpReason : byte
{
    Checksum,
    DataOffset,

    /// <summary>No flag at all.</summary>
    NullFlags,

    /// <summary>FIN, URG and PSH without SYN, ACK or RST.</summary>
    XmasFlags,
    SynAndFin,
    SynAndReset,
    Truncated,
    OptionLength,
}
