namespace Persistence.Rows;

/// <summary>One thing that somebody did. Rows are only added.</summary>
public sealed class AuditRow
{
    public long Id { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>User name, or key id.</summary>
    public required string Actor { get; init; }

    public required string Action { get; init; }

    public required string Subject { get; init; }

    public string? Detail { get; init; }

    public string? Address { get; init; }
}
