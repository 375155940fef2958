namespace ControlApi.Contract.Status;

/// <summary>What this appliance is and how it is.</summary>
public sealed record ApplianceStatus
{
    public required string Version { get; init; }

    public string? DataplaneVersion { get; set; }

    public required string Node { get; init; }

    public required HealthState Health { get; init; }

    /// <summary>The state in one sentence.</summary>
    public required string Sentence { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? DataplaneStartedAt { get; set; }

    /// <summary>The active revision; 0 when there is none.</summary>
    public required uint Revision { get; init; }

    /// <summary>True when every port shows bundled captures.</summary>
    public required bool Demo { get; init; }
}
