using System.Runtime.InteropServices;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;

namespace Dataplane.Chains.Parallel;

/// <summary>
/// A packet that NFs on other cores still look at, or that waits for their answer.
/// </summary>
/// <remarks>
/// The counts are plain: the flow's worker alone touches them. They lie on lines of their own, because NFs
/// read the view while the worker counts.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = 640)]
internal struct HeldPacket
{
    /// <summary>What NFs read.</summary>
    public HeldView View;

    /// <summary>The packet as it leaves: of a datagram rebuilt from fragments the frame that came.</summary>
    public Packet Frame;
    public uint Slot;

    /// <summary>The flow's slot had this generation, and this chain.</summary>
    public uint Generation;

    /// <summary>NFs that have not answered yet.</summary>
    public int Holds;

    /// <summary>Those among them that will never answer.</summary>
    public int LostHolds;

    /// <summary>Those among them whose answer the packet waits for.</summary>
    public int Gates;

    /// <summary>Those among them whose answer the flow's next packet waits for.</summary>
    public int Doubts;

    /// <summary>The packet that this is a later view of; -1 when it is none.</summary>
    public int Parent;

    /// <summary>Where the bytes copied for it begin.</summary>
    public ulong PinnedFrom;
    public DropReason Reason;
    public HeldState State;
    public byte Port;

    /// <summary>Its buffer is given back with it.</summary>
    public bool OwnsBuffer;
    public bool HasPinned;
}

/// <summary>Everything about a packet that may change while NFs on other cores look at it: its flow's line
/// and key and both halves' snapshots.</summary>
/// <remarks>Written before the first event that refers to it goes into a ring, and never after.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 8, Size = 384)]
internal struct HeldView
{
    /// <summary>The packet as NFs see it.</summary>
    public Packet Packet;

    /// <summary>Number of the last event built when the view was taken.</summary>
    public ulong LastEventNumber;
    public bool HasPacket;
    public bool HasSnapshots;

    /// <summary>Flows of the worker when the packet was handled.</summary>
    public uint FlowCount;
    public FlowEntry Flow;
    public FlowKey Key;
    public TcpSnapshot Client;
    public TcpSnapshot Server;
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
