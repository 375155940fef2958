using ControlApi.Contract.Configuration;
using ControlApi.Contract.Status;

namespace ControlApi.Contract.Live;

/// <summary>
/// Hub method state: sent when revision, operation, process or port changes, and at the start.
/// </summary>
public sealed record StateMessage
{
    public const string Method = "state";

    public required HealthState Health { get; init; }

    /// <summary>The state in one sentence.</summary>
    public required string Sentence { get; init; }

    public required bool DataplaneConnected { get; init; }

    /// <summary>Since when the dataplane has been connected, or away.</summary>
    public DateTimeOffset? DataplaneSince { get; set; }

    /// <summary>The active revision; 0 when there is none.</summary>
    public uint Revision { get; set; }

    public Operation? Operation { get; set; }

    public IReadOnlyList<PortLink> Ports { get; set; } = [];
}
