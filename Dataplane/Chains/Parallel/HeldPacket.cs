using System.Runtime.InteropServices;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Chains.Parallel;

/// <summary>
/// A packet that NFs on other cores still look at, or that waits for their answer, with everything about it
/// that may change meanwhile: its flow's line and key and both halves' snapshots.
/// </summary>
/// <remarks>
/// What NFs read is written before the first event of the packet goes into a ring, and never after. The
/// counts are plain: the flow's worker alone touches them.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct HeldPacket
{
    /// <summary>The packet as NFs see it.</summary>
    public Packet Packet;

    /// <summary>The packet as it leaves: of a datagram rebuilt from fragments the frame that came.</summary>
    public Packet Frame;
    public FlowEntry Flow;
    public FlowKey Key;
    public TcpSnapshot Client;
    public TcpSnapshot Server;

    /// <summary>Number of the last event built when the packet was held.</summary>
    public ulong LastEventNumber;
    public uint Slot;

    /// <summary>NFs that have not answered yet.</summary>
    public int Holds;

    /// <summary>Those among them that will never answer.</summary>
    public int LostHolds;

    /// <summary>Those among them whose answer the packet waits for.</summary>
    public int Gates;

    /// <summary>Those among them whose answer the flow's next packet waits for.</summary>
    public int Doubts;

    /// <summary>Where the bytes copied for it begin.</summary>
    public ulong PinnedFrom;
    public DropReason Reason;
    public HeldState State;
    public byte Port;
    public bool HasPacket;

    /// <summary>Its buffer is given back with it.</summary>
    public bool OwnsBuffer;
    public bool HasPinned;
    public bool HasSnapshots;
}

/// <summary>How far a held packet has come.</summary>
internal enum HeldState : byte
{
    Free,

    /// <summary>Being handled by its worker.</summary>
    Handled,

    /// <summary>Waits until those before it have left and its gates have answered.</summary>
    Waiting,

    /// <summary>Sent, dropped or done with; NFs may still look at it.</summary>
    Gone,
}
