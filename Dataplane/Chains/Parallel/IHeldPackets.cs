using Dataplane.Counters;
using Dataplane.Packets;

namespace Dataplane.Chains.Parallel;

/// <summary>Lets held packets leave by their ports: the worker.</summary>
public interface IHeldPackets
{
    /// <summary>The packet leaves: it is counted, and sent as a copy where it is to be forwarded; its buffer
    /// stays.</summary>
    void Leave(ref Packet packet, DropReason reason, byte port);

    /// <summary>The packet leaves and nobody looks at it: it is sent or its buffer given back.</summary>
    void Finish(ref Packet packet, DropReason reason, byte port);

    /// <summary>Somebody may look at the packet for ever: its buffer must never be used again.</summary>
    void Lose(ref Packet packet, byte port);

    /// <summary>Nobody looks at the packet any more: its buffer is given back.</summary>
    void Free(ref Packet packet, byte port);
}
