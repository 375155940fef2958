namespace Persistence.Rows;

/// <summary>One piece of long work and how it ended.</summary>
public sealed class OperationRow
{
    public required string Id { get; init; }

    public required string Kind { get; init; }

    public required string State { get; set; }

    public uint? Revision { get; set; }

    public required DateTimeOffset StartedAt { get; init; }

    public string? Cause { get; set; }

    /// <summary>JSON list of faults, or null.</summary>
    public string? Faults { get; set; }

    /// <summary>JSON list of rules that did not load, or null.</summary>
    public string? RejectedRules { get; set; }
}
