using ControlApi.Contract.Configuration;
using ControlApi.Contract.Live;

namespace ControlApi.Dataplane;

/// <summary>What is known of the dataplane at one moment.</summary>
public sealed record DataplaneStatus
{
    public static DataplaneStatus Unknown { get; } = new();

    public bool IsConnected { get; init; }

    /// <summary>Since when it has been connected, or away.</summary>
    public DateTimeOffset Since { get; init; }

    public string? Version { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public int ProcessId { get; init; }

    /// <summary>Revision that it runs; 0 for none.</summary>
    public uint Revision { get; init; }

    public IReadOnlyList<PortLink> Ports { get; init; } = [];

    public IReadOnlyList<RejectedRule> RejectedRules { get; init; } = [];
}
