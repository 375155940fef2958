using System.Runtime.CompilerServices;
using Dataplane.Chains;
using Dataplane.Flows;

namespace Dataplane.NetworkFunctions;

/// <summary>One line of tcp.json: a TCP connection at its end, both directions.</summary>
/// <remarks>The client is end B of <see cref="Key"/> when <see cref="ClientIsB"/> is 1.
/// Times in ns since 1970.</remarks>
public struct TcpConnectionRecord : IRecord
{
    public static RecordStream Stream => RecordStream.TcpConnection;

    public FlowKey Key;

    /// <summary>Time of the connection's first and last packet.</summary>
    public long FirstNs;
    public long LastNs;

    /// <summary>From the last SYN to the first segment with ACK and no SYN;
    /// -1 when either was not seen.</summary>
    public long HandshakeRttNs;

    /// <summary>What the client sent (c2s_…) and what the server sent (s2c_…).</summary>
    public TcpSideRecord Client;
    public TcpSideRecord Server;

    /// <summary>1 when the client is end B of the key.</summary>
    public byte ClientIsB;

    /// <summary>1 when neither SYN nor SYN-ACK was seen.</summary>
    public byte Midstream;

    /// <summary>1 when the hashes are valid (option stream hashes).</summary>
    public byte HasHashes;

    public TcpFinalState FinalState;
}

/// <summary>One direction of a connection, named after its sender.</summary>
public struct TcpSideRecord
{
    public ulong Packets;

    /// <summary>Whole frames, outer headers included.</summary>
    public ulong FrameBytes;

    /// <summary>TCP payload as sent, repeats included.</summary>
    public ulong PayloadBytes;

    /// <summary>Reassembled bytes, each once, gaps left out.</summary>
    public ulong StreamBytes;

    /// <summary>Bytes never captured between captured ones.</summary>
    public ulong GapBytes;

    /// <summary>All retransmissions, fast and spurious ones included.</summary>
    public uint Retransmissions;
    public uint FastRetransmissions;
    public uint SpuriousRetransmissions;
    public uint OutOfOrder;
    public uint DuplicateAcks;
    public uint KeepAlives;
    public uint ZeroWindows;

    /// <summary>SHA-256 of the reassembled bytes.</summary>
    public Sha256Value Hash;
}

/// <summary>The 32 bytes of a SHA-256.</summary>
[InlineArray(32)]
public struct Sha256Value
{
    private byte _first;
}

/// <summary>How a connection stood at its end; printed in snake case (<c>half_closed</c>).</summary>
public enum TcpFinalState : byte
{
    Open,
    Closed,
    HalfClosed,
    Reset,
    SynSent,
    SynReceived,
}
