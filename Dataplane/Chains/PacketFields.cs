namespace Dataplane.Chains;

/// <summary>What of a packet an NF reads or writes: the letters M I P T L Y of the rules P1 to P14.</summary>
[Flags]
public enum PacketFields : byte
{
    None = 0,

    /// <summary>M: link layer addresses and tags.</summary>
    Mac = 1,

    /// <summary>I: source and destination address.</summary>
    Ip = 2,

    /// <summary>P: source and destination port, ICMP type and code.</summary>
    Ports = 4,

    /// <summary>T: TCP sequence and acknowledgment number, flags, window, options.</summary>
    Tcp = 8,

    /// <summary>L: TTL, TOS, lengths.</summary>
    Length = 16,

    /// <summary>Y: layer 4 payload, and the byte streams made of it.</summary>
    Payload = 32,

    All = 63,
}
