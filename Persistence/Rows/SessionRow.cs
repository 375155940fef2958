namespace Persistence.Rows;

/// <summary>A signed-in session; its token's secret is stored as SHA-256.</summary>
public sealed class SessionRow
{
    public required string Id { get; init; }

    public required byte[] SecretHash { get; init; }

    public required string UserName { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset LastSeenAt { get; set; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public string? Address { get; init; }
}
