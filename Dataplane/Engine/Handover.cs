using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Engine;

/// <summary>A packet on its way to the worker that owns its flow, and back to the one that received
/// it.</summary>
/// <remarks>Whoever received a packet sends or frees it: ports and buffers stay with their worker.</remarks>
public struct Handover
{
    /// <summary>Nobody stands between.</summary>
    public const byte Nobody = byte.MaxValue;

    /// <summary>The packet; its frame may be a rebuilt datagram that the sender lends.</summary>
    public Packet Packet;

    /// <summary>The frame as it came.</summary>
    public PacketBytes Frame;

    /// <summary>What became of it, on the way back.</summary>
    public DropReason Reason;

    /// <summary>The worker that received it.</summary>
    public byte Origin;

    /// <summary>The worker that looked into its tunnel or rebuilt it, and passed it on; else
    /// <see cref="Nobody"/>.</summary>
    public byte Via;

    /// <summary>Not looked into yet: a fragment, or a packet that may be a tunnel.</summary>
    public bool IsRaw;
}
