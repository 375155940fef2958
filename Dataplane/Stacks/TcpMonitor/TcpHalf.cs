using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataplane.Stacks.TcpMonitor;

/// <summary>The TCB of one end of a connection: what it sent, what it has received; one cache line.</summary>
/// <remarks>
/// Lies at slot × 2 + side. Only the flow's worker touches it. Times are microseconds modulo 2^32.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 64)]
public struct TcpHalf
{
    /// <summary>Number of its SYN; one before its first segment when no SYN was seen.</summary>
    public uint InitialSequence;

    /// <summary>One beyond the highest number it has sent.</summary>
    public uint SendNext;

    /// <summary>One beyond the highest number it has sent without a hole before it.</summary>
    public uint SendContiguous;

    /// <summary>Acknowledgment number of its last segment.</summary>
    public uint Acknowledged;

    /// <summary>When <see cref="SendNext"/> last moved, and when its last segment came.</summary>
    public uint SendNextUs;
    public uint AcknowledgedUs;

    /// <summary>Window field of its last segment, unscaled.</summary>
    public ushort Window;

    /// <summary>Its window shift: 0 to 14, or one of the two constants below.</summary>
    public byte WindowShift;

    /// <summary>Duplicate ACKs in a row; <see cref="DuplicateAcksMuted"/> after one for unseen
    /// data.</summary>
    public byte DuplicateAcks;

    public TcpHalfFlags Flags;

    /// <summary>State in the low four bits, origin in the high ones.</summary>
    private byte _stateAndOrigin;

    /// <summary>FINs in the low four bits, resets in the high ones, up to <see cref="StormCount"/>
    /// each.</summary>
    private byte _storms;

    /// <summary>The next number it expects from the other end, as far as can be seen.</summary>
    public uint ReceiveNext;

    /// <summary>Number of the stream that reassembles what it receives;
    /// 0 when nobody wants the bytes.</summary>
    public uint ReceiveStream;

    /// <summary>Number of its FIN.</summary>
    public uint FinSequence;

    /// <summary>When one of both last sent a SYN; with <see cref="TcpHalfFlags.HandshakeTimed"/>: from that
    /// to the first ACK without SYN.</summary>
    private uint _handshakeUs;

    /// <summary>Time stamp it took last from the other end (TS.Recent of RFC 7323), with
    /// <see cref="TcpHalfFlags.HasTimestamp"/>.</summary>
    public uint TimestampRecent;

    /// <summary>One segment is timed at once: its end, or with
    /// <see cref="TcpHalfFlags.TimingByStamp"/> its time stamp, and when it was sent.</summary>
    public uint TimedSequence;
    public uint TimedUs;

    /// <summary>Smoothed round trip from here to the other end and back (RFC 6298);
    /// 0 while unknown.</summary>
    public uint SmoothedRttUs;

    /// <summary>No segment has said whether windows are scaled; the zero of a fresh half.</summary>
    public const byte ShiftUnknown = 0;

    /// <summary>Windows are not scaled; larger values are the shift plus two.</summary>
    public const byte ShiftUnused = 1;

    public const byte ShiftBias = 2;
    public const byte DuplicateAcksMuted = byte.MaxValue;

    /// <summary>So many FINs, or resets, of one end are a storm.</summary>
    public const int StormCount = 15;

    public TcpState State
    {
        readonly get => (TcpState)(_stateAndOrigin & 15);
        set => _stateAndOrigin = (byte)((_stateAndOrigin & 0xF0) | (byte)value);
    }

    public TcpOrigin Origin
    {
        readonly get => (TcpOrigin)(_stateAndOrigin >> 4);
        set => _stateAndOrigin = (byte)((_stateAndOrigin & 15) | ((byte)value << 4));
    }

    /// <summary>When one of both last sent a SYN; 0 when none did, or the handshake is timed.</summary>
    public readonly uint SynUs => Has(TcpHalfFlags.HandshakeTimed) ? 0 : _handshakeUs;

    /// <summary>From the client's last SYN to the first ACK without SYN; 0 while unknown.</summary>
    public readonly uint HandshakeRttUs => Has(TcpHalfFlags.HandshakeTimed) ? _handshakeUs : 0;

    /// <summary>Notes the time of a SYN, unless the handshake is timed.</summary>
    public void NoteSyn(uint timeUs) => _handshakeUs = Has(TcpHalfFlags.HandshakeTimed) ? _handshakeUs
        : timeUs;

    /// <summary>The handshake is complete and took so long.</summary>
    public void NoteHandshake(uint microseconds)
    {
        _handshakeUs = microseconds;
        Flags |= TcpHalfFlags.HandshakeTimed;
    }

    /// <summary>Counts a FIN; true for the one that makes it a storm.</summary>
    public bool CountFin()
    {
        int count = _storms & 15;
        _storms += (byte)(count < StormCount ? 1 : 0);
        return count == StormCount - 1;
    }

    /// <summary>Counts a reset; true for the one that makes it a storm.</summary>
    public bool CountReset()
    {
        int count = _storms >> 4;
        _storms += (byte)(count < StormCount ? 16 : 0);
        return count == StormCount - 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Has(TcpHalfFlags flag) => (Flags & flag) != 0;

    /// <summary>How far a window field of this half is shifted.</summary>
    public readonly int Shift => WindowShift <= ShiftUnused ? 0 : WindowShift - ShiftBias;
}

/// <summary>Facts of a half that fit in a bit.</summary>
[Flags]
public enum TcpHalfFlags : ushort
{
    None = 0,

    /// <summary>InitialSequence holds.</summary>
    HasInitial = 1,

    /// <summary>It has sent something: SendNext and the rest hold.</summary>
    HasSent = 1 << 1,
    HasContiguous = 1 << 2,

    /// <summary>It sent a SYN or SYN-ACK.</summary>
    SynSeen = 1 << 3,

    /// <summary>It sent a FIN; FinSequence holds.</summary>
    FinSent = 1 << 4,

    /// <summary>The other end's FIN reached it.</summary>
    FinReceived = 1 << 5,
    ResetSent = 1 << 6,

    /// <summary>A SYN passed and no plain ACK since: its window is not scaled yet.</summary>
    FirstAck = 1 << 7,

    /// <summary>A repeated segment is timed by its time stamp, as its number would not tell which copy was
    /// acknowledged.</summary>
    TimingByStamp = 1 << 8,

    /// <summary>Its last segment was a keep-alive, a zero window probe.</summary>
    LastWasKeepAlive = 1 << 9,
    LastWasProbe = 1 << 10,
    Timing = 1 << 11,

    /// <summary>ReceiveNext holds.</summary>
    HasReceived = 1 << 12,

    /// <summary>TimestampRecent holds.</summary>
    HasTimestamp = 1 << 13,

    /// <summary>HandshakeRttUs holds.</summary>
    HandshakeTimed = 1 << 14,

    /// <summary>Its SYN or SYN-ACK carried a time stamp (RFC 7323, 3.2).</summary>
    OffersTimestamps = 1 << 15,
}
