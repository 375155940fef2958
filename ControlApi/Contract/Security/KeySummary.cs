namespace ControlApi.Contract.Security;

/// <summary>One key, without its secret.</summary>
public sealed record KeySummary(
    string Id, string Name, IReadOnlyList<string> Scopes, string CreatedBy, DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt);
