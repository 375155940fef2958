using System.Runtime.InteropServices;
using Dataplane.Packets;

namespace Dataplane.Events;

/// <summary>One half's TCB as it was right after the update that raised an event: 64 bytes.</summary>
/// <remarks>
/// Written once for each update and shared by all of its subscribers; never changed afterwards. Numbers are
/// of the half's own sequence space; windows are in bytes, scaled.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = 64)]
public struct TcpSnapshot
{
    /// <summary>In-order bytes that the half has received of the other one, where its stream is followed.
    /// </summary>
    public ulong ReceivedBytes;

    /// <summary>Number of its SYN; one before its first segment when no SYN was seen.</summary>
    public uint InitialSequence;

    /// <summary>One beyond the highest number it has sent.</summary>
    public uint SendNext;

    /// <summary>One beyond the highest number it has sent without a hole before it.</summary>
    public uint SendContiguous;

    /// <summary>Acknowledgment number of its last segment.</summary>
    public uint Acknowledged;

    /// <summary>The next number it expects from the other end, as far as can be seen.</summary>
    public uint ReceiveNext;

    /// <summary>Number of its FIN, once it has sent one.</summary>
    public uint FinSequence;

    /// <summary>The window it last announced, in bytes.</summary>
    public uint WindowBytes;

    /// <summary>Smoothed round trip from here to the other end and back; 0 while unknown.</summary>
    public uint SmoothedRttUs;

    /// <summary>From the client's last SYN to the first ACK without SYN; 0 while unknown.</summary>
    public uint HandshakeRttUs;

    /// <summary>Connection state (<c>Stacks.TcpMonitor.TcpState</c>).</summary>
    public byte State;

    /// <summary>How the half came to be followed (<c>Stacks.TcpMonitor.TcpOrigin</c>).</summary>
    public byte Origin;

    /// <summary>Duplicate ACKs in a row.</summary>
    public byte DuplicateAcks;

    /// <summary>Whose half it is; None when the flow has no TCP state at this depth.</summary>
    public Side Half;

    /// <summary>True when there is a TCB to speak of.</summary>
    public readonly bool IsValid => Half != Side.None;
}
