namespace ControlApi.Contract.Security;

/// <summary>One session that is still good.</summary>
public sealed record SessionSummary(
    string Id, string User, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt,
    string? Address, bool Current);
