using System.Runtime.InteropServices;
using Dataplane.Packets;

namespace Dataplane.Flows;

/// <summary>A flow's first cache line: everything that a packet nobody subscribes to touches (64
/// bytes).</summary>
/// <remarks>
/// The key and the two TCP halves lie in arrays of the same slot number. Only the owning worker touches it.
/// Client = sender of the first SYN, else receiver of the first SYN-ACK, else sender of the first packet;
/// fixed for the life of the flow.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = 64)]
public struct FlowEntry
{
    /// <summary>Bit n: link n of the flow's chain is on for this flow.</summary>
    public ulong LinkMask;

    /// <summary>Keyed symmetric hash of the key.</summary>
    public uint Hash;

    /// <summary>Counts the uses of the slot; stale references show by it.</summary>
    public uint Generation;

    /// <summary>Expected next sequence number of the client's half while it is bypassed.</summary>
    public uint ClientNext;

    /// <summary>Expected next sequence number of the server's half while it is bypassed.</summary>
    public uint ServerNext;

    /// <summary>Flow time of the last packet in milliseconds of the worker's clock (wraps after 49
    /// days).</summary>
    public uint LastSeenMs;

    /// <summary>Neighbours in the list of the timer wheel; <see cref="uint.MaxValue"/> at its ends.</summary>
    public uint WheelNext;
    public uint WheelPrevious;

    /// <summary>Packets by sender.</summary>
    public uint ClientPackets;
    public uint ServerPackets;

    /// <summary>Frame bytes by sender, low 32 bits; the high 16 follow below.</summary>
    public uint ClientBytesLow;
    public uint ServerBytesLow;
    public ushort ClientBytesHigh;
    public ushort ServerBytesHigh;

    /// <summary>Number of the compiled chain this flow runs in.</summary>
    public ushort Plan;

    public FlowFlags Flags;

    /// <summary>What its subscribers need of the stack.</summary>
    public StackDepth Depth;

    /// <summary>Connection state (<c>Stacks.TcpMonitor.TcpState</c>): low nibble client half,
    /// high nibble server half.</summary>
    public byte TcpStates;

    public byte Protocol;

    /// <summary>Worker-owned index of the timeout class the flow ages by.</summary>
    public byte AgeClass;

    /// <summary>Frame bytes the client sent.</summary>
    public readonly ulong ClientBytes => ((ulong)ClientBytesHigh << 32) | ClientBytesLow;

    /// <summary>Frame bytes the server sent.</summary>
    public readonly ulong ServerBytes => ((ulong)ServerBytesHigh << 32) | ServerBytesLow;

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
        Flags ^= FlowFlags.ClientIsB;
        (ClientPackets, ServerPackets) = (ServerPackets, ClientPackets);
        (ClientBytesLow, ServerBytesLow) = (ServerBytesLow, ClientBytesLow);
        (ClientBytesHigh, ServerBytesHigh) = (ServerBytesHigh, ClientBytesHigh);
        (ClientNext, ServerNext) = (ServerNext, ClientNext);
    }

    /// <summary>Counts one packet of <paramref name="bytes"/> bytes on the wire.</summary>
    public void Count(Side sender, uint bytes)
    {
        if (sender == Side.Client)
        {
            ClientPackets++;
            uint before = ClientBytesLow;
            ClientBytesLow += bytes;
            ClientBytesHigh += (ushort)(ClientBytesLow < before ? 1 : 0);
        }
        else
        {
            ServerPackets++;
            uint before = ServerBytesLow;
            ServerBytesLow += bytes;
            ServerBytesHigh += (ushort)(ServerBytesLow < before ? 1 : 0);
        }
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

    /// <summary>The lines of the two halves hold valid state.</summary>
    HalvesValid = 512,

    /// <summary>A person or NF asked to see every event of this flow.</summary>
    Watched = 1024,

    /// <summary>Nothing came for more than 24 days: time stamps mean nothing any more (RFC 7323,
    /// 5.5).</summary>
    LongIdle = 2048,

    /// <summary>A SYN came inside the open connection; ClientNext or ServerNext is one beyond its
    /// number.</summary>
    SynPending = 4096,

    /// <summary>Of the two directions only one carries VLAN ids: what end B sends is found by the 5-tuple
    /// alone.</summary>
    OneWayVlan = 8192,
}
