namespace Dataplane.Engine;

/// <summary>What there is to do about a packet besides handling its flow.</summary>
[Flags]
public enum PacketAside : byte
{
    None = 0,

    /// <summary>It was found in a tunnel that is a flow of its own.</summary>
    Outer = 1,

    /// <summary>It is a fragment, or goes no further because of its headers.</summary>
    Stray = 2,

    /// <summary>A fragment that lies over others of its datagram.</summary>
    Overlaps = 4,
}
