using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Ports;

/// <summary>Where packets enter and leave.</summary>
/// <remarks>
/// Receive, Send and Free are called by the port's worker only, and allocate nothing. A packet received must
/// be given back exactly once: by Send (on any port of the same pool) or by Free.
/// </remarks>
public interface IPort : IDisposable
{
    /// <summary>The identifier the configuration gives the port.</summary>
    string Id { get; }

    /// <summary>What the configuration opened, for people: "af_packet:eth0".</summary>
    string Device { get; }

    /// <summary>Position in the revision's port list; stamped on packets.</summary>
    byte Index { get; }

    /// <summary>How its frames begin.</summary>
    LinkType LinkType { get; }

    /// <summary>Fills the burst with up to <paramref name="most"/> packets (frame, length, time,
    /// buffer, port).
    /// Returns how many; 0 when none wait.</summary>
    int Receive(PacketBurst burst, int most);

    /// <summary>Whose buffers its packets lie in:
    /// <see cref="Send"/> takes packets of the same pool only.</summary>
    object Pool { get; }

    /// <summary>Queues one packet for sending; the port frees it. False when it had to be dropped (counted),
    /// and the buffer is given back all the same.</summary>
    bool Send(ref Packet packet);

    /// <summary>Queues a copy of a frame that lies in another pool's buffer. False when it had to be dropped
    /// (counted).</summary>
    bool SendCopy(PacketBytes frame);

    /// <summary>Sends what <see cref="Send"/> queued; called at the end of each burst.</summary>
    void Flush();

    /// <summary>Gives a packet's buffer back without sending it.</summary>
    void Free(ref Packet packet);

    /// <summary>True when no further packet can ever come (a capture that is not replayed in a
    /// loop).</summary>
    bool Exhausted { get; }

    /// <summary>Packets and bytes both ways, as the driver counts them.</summary>
    PortCounters Counters { get; }
}

/// <summary>Counters of a port since it was opened.</summary>
public readonly record struct PortCounters(
    ulong ReceivedPackets,
    ulong ReceivedBytes,
    ulong SentPackets,
    ulong SentBytes,
    ulong ReceiveDrops,
    ulong SendDrops);
