namespace Dataplane.Packets;

/// <summary>Up to 64 packets that are handled together.</summary>
/// <remarks>Made once per worker; receiving fills it from the start, so nothing is allocated later.</remarks>
public sealed class PacketBurst
{
    /// <summary>The most packets a burst can hold.</summary>
    public const int CapacityMax = 64;

    private readonly Packet[] _packets = new Packet[CapacityMax];

    /// <summary>How many packets the burst holds now, 0 to <see cref="CapacityMax"/>.</summary>
    public int Count { get; set; }

    /// <summary>The packets that the burst holds now.</summary>
    public Span<Packet> Packets => _packets.AsSpan(0, Count);

    /// <summary>The packet at an index below <see cref="CapacityMax"/>.</summary>
    public ref Packet this[int index] => ref _packets[index];
}
