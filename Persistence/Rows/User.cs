using Microsoft.AspNetCore.Identity;

namespace Persistence.Rows;

/// <summary>A person who may sign in; without a password hash only by one-time link.</summary>
public sealed class User : IdentityUser
{
    /// <summary>viewer, analyst, operator or administrator.</summary>
    public required string Role { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}
