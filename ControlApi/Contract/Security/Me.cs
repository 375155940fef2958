namespace ControlApi.Contract.Security;

/// <summary>Who asks, and what they may do.</summary>
public sealed record Me
{
    public required string Name { get; init; }

    /// <summary>viewer, analyst, operator or administrator; null for a key.</summary>
    public string? Role { get; set; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>session or key.</summary>
    public required string Kind { get; init; }

    /// <summary>The session's or key's id, as the audit log shows it.</summary>
    public required string Id { get; init; }

    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>True until the person has set a password.</summary>
    public bool NeedsPassword { get; set; }
}
