using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dataplane.Packets;

namespace Dataplane.Flows;

/// <summary>A flow: its key, and everything that a packet nobody subscribes to touches (96 bytes, always two
/// lines).</summary>
/// <remarks>
/// What is touched seldom lies apart (<see cref="FlowNumbers"/>, <see cref="FlowAging"/>), and the two TCP
/// halves in a pool of their own. Only the owning worker touches it.
/// Client = sender of the first SYN, else receiver of the first SYN-ACK, else sender of the first packet;
/// fixed for the life of the flow.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = 96)]
public struct FlowEntry
{
    /// <summary>The 5-tuple as the flow's first packet had it.</summary>
    public FlowKey Key;

    /// <summary>Bit n: link n of the flow's chain is on for this flow.</summary>
    public ulong LinkMask;

    /// <summary>Counts the uses of the slot; stale references show by it.</summary>
    public uint Generation;

    /// <summary>Where the flow's halves lie, while it has <see cref="FlowFlags.HalvesValid"/>; what the stack
    /// puts there instead while it is <see cref="FlowFlags.Embryonic"/>.</summary>
    public uint Pair;

    /// <summary>Flow time of the last packet in milliseconds of the worker's clock (wraps after 49
    /// days).</summary>
    public uint LastSeenMs;

    /// <summary>Packets by sender.</summary>
    public uint ClientPackets;
    public uint ServerPackets;

    /// <summary>Frame bytes by sender: low 32 bits, high 16 bits.</summary>
    private uint _clientBytesLow;
    private uint _serverBytesLow;
    private ushort _clientBytesHigh;
    private ushort _serverBytesHigh;

    /// <summary>Number of the compiled chain this flow runs in.</summary>
    public ushort Plan;

    public FlowFlags Flags;

    /// <summary>What its subscribers need of the stack.</summary>
    public StackDepth Depth;

    /// <summary>Connection state (<c>Stacks.TcpMonitor.TcpState</c>): low nibble client half,
    /// high nibble server half.</summary>
    public byte TcpStates;

    /// <summary>Worker-owned index of the timeout class the flow ages by.</summary>
    public byte AgeClass;

    /// <summary>The window shift of an embryonic flow's SYN.</summary>
    private byte _embryoShift;

    /// <summary>Protocol of layer 4.</summary>
    public readonly byte Protocol => Key.Protocol;

    /// <summary>Frame bytes the client sent.</summary>
    public readonly ulong ClientBytes => ((ulong)_clientBytesHigh << 32) | _clientBytesLow;

    /// <summary>Frame bytes the server sent.</summary>
    public readonly ulong ServerBytes => (Flags & FlowFlags.Embryonic) != 0
        ? 0
        : ((ulong)_serverBytesHigh << 32) | _serverBytesLow;

    /// <summary>Window field and window shift of the SYN of an embryonic flow. The server has sent nothing
    /// yet, so the window has the place of its bytes.</summary>
    public readonly (ushort Window, byte Shift) Embryo => (_serverBytesHigh, _embryoShift);

    /// <summary>True when both ends have sent.</summary>
    public readonly bool IsAnswered => ClientPackets != 0 && ServerPackets != 0;

    /// <summary>True while the slot belongs to a flow.</summary>
    public readonly bool InUse => (Flags & FlowFlags.InUse) != 0;

    /// <summary>The sender, for a packet whose 5-tuple is the key's own (<paramref name="forward"/>) or its
    /// reverse.</summary>
    public readonly Side SenderOf(bool forward) =>
        forward == ((Flags & FlowFlags.ClientIsB) == 0) ? Side.Client : Side.Server;

    /// <summary>True when just one packet of that side was counted.</summary>
    public readonly bool HasSentOne(Side side) =>
        (side == Side.Client ? ClientPackets : ServerPackets) == 1;

    /// <summary>True while no packet of that side was counted.</summary>
    public readonly bool HasSentNothing(Side side) =>
        (side == Side.Client ? ClientPackets : ServerPackets) == 0;

    /// <summary>Exchanges client and server: a new connection on the 5-tuple was begun by the other
    /// end.</summary>
    public void Turn()
    {
        Flags ^= FlowFlags.ClientIsB | FlowFlags.ClientOnSecondPort;
        (ClientPackets, ServerPackets) = (ServerPackets, ClientPackets);
        (_clientBytesLow, _serverBytesLow) = (_serverBytesLow, _clientBytesLow);
        (_clientBytesHigh, _serverBytesHigh) = (_serverBytesHigh, _clientBytesHigh);
    }

    /// <summary>The flow has sent one SYN and is kept without halves; it has not had an answer.</summary>
    public void SetEmbryo(ushort window, byte shift)
    {
        (_serverBytesHigh, _embryoShift) = (window, shift);
        Flags |= FlowFlags.Embryonic;
    }

    /// <summary>The flow gets halves, or none at all, before its next packet is counted.</summary>
    public void ClearEmbryo()
    {
        (_serverBytesHigh, _embryoShift) = (0, 0);
        Flags &= ~FlowFlags.Embryonic;
    }

    /// <summary>Counts one packet of <paramref name="bytes"/> bytes on the wire.</summary>
    /// <remarks>Without a branch: which side a packet is from cannot be predicted.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Count(Side sender, uint bytes)
    {
        uint isClient = sender == Side.Client ? 1u : 0;
        uint fromClient = bytes & (0 - isClient);
        uint fromServer = bytes - fromClient;
        ClientPackets += isClient;
        ServerPackets += 1 - isClient;
        _clientBytesLow += fromClient;
        _serverBytesLow += fromServer;
        _clientBytesHigh += (ushort)(_clientBytesLow < fromClient ? 1 : 0);
        _serverBytesHigh += (ushort)(_serverBytesLow < fromServer ? 1 : 0);
    }
}

/// <summary>Facts of a flow that fit in a bit.</summary>
[Flags]
public enum FlowFlags : ushort
{
    None = 0,
    InUse = 1,

    /// <summary>The client is end B of the key.</summary>
    ClientIsB = 2,

    /// <summary>Neither SYN nor SYN-ACK was seen.</summary>
    Midstream = 4,

    /// <summary>All packets are dropped until the flow ends (verdict DropFlow).</summary>
    DropAll = 8,

    /// <summary>A FIN of that side was seen.</summary>
    ClientFin = 16,
    ServerFin = 32,
    ResetSeen = 64,
    SynSeen = 128,
    SynAckSeen = 256,

    /// <summary>The flow's TCP state is followed: it has a pair of halves, or is
    /// <see cref="Embryonic"/>.</summary>
    HalvesValid = 512,

    /// <summary>The client is behind the second port of a chain that forwards.</summary>
    ClientOnSecondPort = 1024,

    /// <summary>Nothing came for more than 24 days: time stamps mean nothing any more (RFC 7323,
    /// 5.5).</summary>
    LongIdle = 2048,

    /// <summary>A SYN came inside the open connection; ClientNext or ServerNext is one beyond its
    /// number.</summary>
    SynPending = 4096,

    /// <summary>Of the two directions only one carries VLAN ids: what end B sends is found by the 5-tuple
    /// alone.</summary>
    OneWayVlan = 8192,

    /// <summary>One SYN was all so far: what is known of it fits in the flow, and no halves are
    /// held.</summary>
    Embryonic = 16384,

    /// <summary>No halves were free when the flow first asked for them; it is bypassed until some
    /// are.</summary>
    Unfollowed = 32768,
}
