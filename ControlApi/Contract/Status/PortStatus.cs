namespace ControlApi.Contract.Status;

/// <summary>
/// One port: what it opens, whether packets can pass, and its counters since the dataplane's start.
/// </summary>
public sealed record PortStatus
{
    public required string Id { get; init; }

    public required string Device { get; init; }

    public required bool Up { get; init; }

    public string? Message { get; set; }

    public uint? LinkMegabitsPerSecond { get; set; }

    public ulong ReceivedPackets { get; set; }

    public ulong ReceivedBytes { get; set; }

    public ulong SentPackets { get; set; }

    public ulong SentBytes { get; set; }

    public ulong ReceiveDrops { get; set; }

    public ulong SendDrops { get; set; }

    public ulong Errors { get; set; }

    /// <summary>Chains that use the port.</summary>
    public IReadOnlyList<string> Chains { get; set; } = [];
}
