namespace Persistence.Rows;

/// <summary>Alerts of one signature, source, destination and chain: one line of the inbox.</summary>
public sealed class AlertGroupRow
{
    /// <summary>Computed from the four, so the same alert always falls into the same group.</summary>
    public required string Id { get; init; }

    public required string Title { get; set; }

    public required int Severity { get; set; }

    /// <summary>inbox, escalated or archived.</summary>
    public required string State { get; set; }

    public required long Count { get; set; }

    public required DateTimeOffset FirstTime { get; init; }

    public required DateTimeOffset LastTime { get; set; }
}
