using Dataplane.Events;
using Dataplane.Native.Memory;

namespace Dataplane.Chains.Parallel;

/// <summary>What goes to an NF on another core: an event record and what it refers to, two cache lines.
/// </summary>
internal struct LaneItem
{
    public EventRecord Record;

    /// <summary>Bytes that the event announces; pinned until the NF has answered.</summary>
    public PacketBytes Bytes;

    public PacketBytes SideBlock;

    /// <summary>Links of the NF that wanted the event.</summary>
    public ulong Wanted;

    /// <summary>Links that are on for the flow, all switches below being done.</summary>
    public ulong LinkMask;

    /// <summary>Switches of this NF that the worker had carried out when it sent the event.</summary>
    public uint SwitchCount;

    /// <summary>The held packet's number.</summary>
    public ushort Held;

    /// <summary>Place of the event among those of its packet, for what the NF says because of it.</summary>
    public ushort Index;
    public LaneWord Word;
}

/// <summary>What an item of a ring is.</summary>
internal enum LaneWord : byte
{
    /// <summary>An event; more of the same packet follow.</summary>
    Event,

    /// <summary>The last event of a packet: the NF answers behind it.</summary>
    LastEvent,

    /// <summary>Time passed; Record.TimeNs says how late it is.</summary>
    Tick,

    /// <summary>The worker set the flow's links anew: a new connection on the same 5-tuple.</summary>
    Renewed,
}

/// <summary>An NF's answer about one packet: what it said of it waits in the other ring.</summary>
/// <param name="Held">The held packet's number.</param>
/// <param name="Items">How many items of the ring it answers.</param>
/// <param name="SaidCount">How much it said.</param>
/// <param name="Verdict">The strictest of its verdicts.</param>
internal readonly record struct LaneAnswer(ushort Held, ushort Items, ushort SaidCount, Verdict Verdict)
{
    /// <summary>Stands for a word that was about no packet.</summary>
    public const ushort NoPacket = ushort.MaxValue;
}

/// <summary>What an NF on another core said while it handled an event.</summary>
internal struct LaneSaid
{
    /// <summary>Published: the event, without number.</summary>
    public EventRecord Record;

    /// <summary>Switched: the links.</summary>
    public ulong Links;

    /// <summary>Place of the event that it was handling.</summary>
    public ushort Cause;
    public ushort SideLength;
    public SaidWord Word;
    public SideBlock Side;
}

/// <summary>What was said.</summary>
internal enum SaidWord : byte
{
    Published,
    SwitchedOn,
    SwitchedOff,

    /// <summary>It threw too often; the side block says what.</summary>
    Failed,
}

/// <summary>Room for a side block.</summary>
[System.Runtime.CompilerServices.InlineArray(EventBus.SideBlockMax)]
internal struct SideBlock
{
    private byte _first;
}
