namespace Dataplane.Stacks.TcpMonitor;

/// <summary>Limits of stream reassembly on one worker.</summary>
public sealed record StreamSettings
{
    /// <summary>Streams (one direction of one flow each) that can be reassembled at once.</summary>
    public uint StreamMax { get; init; } = 65_536;

    /// <summary>Slab bytes of all streams: out-of-order and kept bytes.</summary>
    public uint SlabBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Runs of held bytes of all streams.</summary>
    public uint RunMax { get; init; } = 131_072;

    /// <summary>Slab bytes one stream may hold behind holes.</summary>
    public uint HeldBytesMax { get; init; } = 8 * 1024 * 1024;

    /// <summary>Seeds the search trees' priorities; different at each start of a live appliance.</summary>
    public uint Seed { get; init; } = 0x9E37_79B9;
}
