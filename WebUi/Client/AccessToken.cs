using System.Security.Claims;

namespace WebUi.Client;

/// <summary>The bearer token of a circuit's reader, taken from the principal that the sign-in gave.</summary>
public static class AccessToken
{
    public const string ClaimType = "appliance:token";
    public const string ScopeClaimType = "appliance:scope";

    public static string? Of(ClaimsPrincipal reader) => reader.FindFirst(ClaimType)?.Value;

    /// <summary>Whether the reader holds this scope; <c>admin</c> holds all.</summary>
    public static bool Allows(ClaimsPrincipal reader, string scope) =>
        reader.HasClaim(ScopeClaimType, scope) || reader.HasClaim(ScopeClaimType, "admin");
}
