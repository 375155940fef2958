namespace Dataplane.Events;

/// <summary>What a subscriber says of the packet; of several the strictest (largest) counts.</summary>
public enum Verdict : byte
{
    Pass = 0,

    /// <summary>The packet's bytes were changed; forward them as they are now.</summary>
    Modified = 1,

    /// <summary>Drop this packet and undo its update: a retransmission is judged again.</summary>
    DropPacket = 2,

    /// <summary>Drop this packet and all that follow of its flow, both directions.</summary>
    DropFlow = 3,

    /// <summary>As DropFlow, and tell both ends (TCP reset, ICMP unreachable).</summary>
    RejectFlow = 4,
}
