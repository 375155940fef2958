using System.Security.Claims;
using ControlApi.Contract.Security;

namespace ControlApi.Security;

/// <summary>Who makes a request, as the authentication handler found out.</summary>
public sealed record Caller(
    TokenKind Kind, string Id, string Name, string? Role, IReadOnlyList<string> Scopes,
        DateTimeOffset? ExpiresAt,
    bool NeedsPassword)
{
    private const string ItemKey = "appliance.caller";

    /// <summary>As the audit log names the caller.</summary>
    public string Actor => Kind == TokenKind.Key ? $"key:{Id}" : Name;

    /// <summary>The caller of a request that passed authentication.</summary>
    public static Caller? Of(HttpContext context) => context.Items[ItemKey] as Caller;

    public void Attach(HttpContext context) => context.Items[ItemKey] = this;

    public bool May(string scope)
        => Scopes.Contains(scope) || Scopes.Contains(Contract.Security.Scopes.Admin);

    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, Name));
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, $"{Kind}:{Id}"));
        if (Role is not null)
        {
            identity.AddClaim(new Claim(ClaimTypes.Role, Role));
        }
        return new ClaimsPrincipal(identity);
    }

    public Me ToMe() => new()
    {
        Name = Name,
        Role = Role,
        Scopes = Scopes,
        Kind = Kind == TokenKind.Session ? "session" : "key",
        Id = Id,
        ExpiresAt = ExpiresAt,
        NeedsPassword = NeedsPassword,
    };
}
