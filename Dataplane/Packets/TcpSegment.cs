using System.Runtime.CompilerServices;

namespace Dataplane.Packets;

/// <summary>The header fields of one TCP segment that a tracker needs; host byte order.</summary>
/// <param name="Sequence">Number of the first byte, or of the SYN.</param>
/// <param name="Acknowledgment">Next byte its sender expects; valid with ACK.</param>
/// <param name="PayloadLength">Bytes of payload by the IP header's length, captured or not.</param>
/// <param name="TimeUs">Arrival in microseconds, modulo 2^32 (71 minutes).</param>
/// <param name="Window">Window field as sent, unscaled.</param>
/// <param name="Flags">Octet 13 of the header.</param>
public readonly record struct TcpSegment(
    uint Sequence, uint Acknowledgment, uint PayloadLength, uint TimeUs, ushort Window, byte Flags)
{
    public const byte Fin = 1;
    public const byte Syn = 2;
    public const byte Reset = 4;
    public const byte Push = 8;
    public const byte Ack = 16;
    public const byte Urgent = 32;

    /// <summary>Bytes of the header without options, and the most with them.</summary>
    public const int HeaderBytesMin = 20;

    private const long NanosecondsPerMicrosecond = 1000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TcpSegment From(ref readonly Packet packet) => new(
        packet.Sequence,
        packet.Acknowledgment,
        packet.WirePayloadLength,
        unchecked((uint)(packet.TimestampNs / NanosecondsPerMicrosecond)),
        packet.Window,
        packet.TcpFlags);

    public bool HasSyn => (Flags & Syn) != 0;

    public bool HasAck => (Flags & Ack) != 0;

    public bool HasFin => (Flags & Fin) != 0;

    public bool HasReset => (Flags & Reset) != 0;

    /// <summary>SYN without ACK: somebody begins a connection.</summary>
    public bool IsConnect => (Flags & (Syn | Ack)) == Syn;

    /// <summary>SYN with ACK: the answer to one.</summary>
    public bool IsAccept => (Flags & (Syn | Ack)) == (Syn | Ack);

    /// <summary>Any of SYN, FIN, RST.</summary>
    public bool IsControl => (Flags & (Syn | Fin | Reset)) != 0;

    /// <summary>Number of its first payload byte: a SYN takes one number before it.</summary>
    public uint DataSequence => HasSyn ? Sequence + 1 : Sequence;
}
