namespace Persistence.Rows;

/// <summary>A one-time sign-in link; its token is stored as SHA-256 in hexadecimal.</summary>
public sealed class LinkRow
{
    public required string Id { get; init; }

    public required string UserName { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; set; }
}
