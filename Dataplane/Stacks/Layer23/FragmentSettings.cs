namespace Dataplane.Stacks.Layer23;

/// <summary>Limits of fragment reassembly on one worker.</summary>
public sealed record FragmentSettings
{
    /// <summary>Datagrams that can wait for fragments at once; at the limit the oldest gives way.</summary>
    public uint DatagramMax { get; init; } = 4096;

    /// <summary>Fragments of one datagram.</summary>
    public uint FragmentMax { get; init; } = 1024;

    /// <summary>Fragments of all datagrams.</summary>
    public uint RunMax { get; init; } = 16_384;

    /// <summary>Bytes of all waiting fragments.</summary>
    public uint SlabBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>Seconds of packet time a datagram waits (RFC 8200 names 60, most systems use 30).</summary>
    public uint TimeoutSeconds { get; init; } = 30;

    /// <summary>Whole datagrams that can be at hand at once: one for each packet of a burst.</summary>
    public uint WholeMax { get; init; } = Packets.PacketBurst.CapacityMax;

    /// <summary>Keys the table's hash; different at each start of a live appliance.</summary>
    public ulong Seed { get; init; } = 0x9E37_79B9_7F4A_7C15;
}
