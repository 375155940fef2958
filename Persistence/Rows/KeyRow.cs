namespace Persistence.Rows;

/// <summary>A REST key; its secret is stored as SHA-256.</summary>
public sealed class KeyRow
{
    public required string Id { get; init; }

    public required byte[] SecretHash { get; init; }

    public required string Name { get; init; }

    /// <summary>Comma-separated.</summary>
    public required string Scopes { get; init; }

    public required string CreatedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; set; }
}
