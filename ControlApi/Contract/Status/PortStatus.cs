namespace ControlApi.Contract.Status;

/// <summary>One port: what it opens, whether packets can pass, and its counters since the dataplane's start.</summary>
public sealed record PortStatus
{
    public required string Id { get; init; }

    public required string Device { get; init; }

    public required bool Up { get; init; }

    public string? Message { get; init; }

    public uint? LinkMegabitsPerSecond { get; init; }

    public ulong ReceivedPackets { get; init; }

    public ulong ReceivedBytes { get; init; }

    public ulong SentPackets { get; init; }

    public ulong SentBytes { get; init; }

    public ulong ReceiveDrops { get; init; }

    public ulong SendDrops { get; init; }

    public ulong Errors { get; init; }

    /// <summary>Chains that use the port.</summary>
    public IReadOnlyList<string> Chains { get; set; } = [];
}
