using System.Security.Claims;
using ControlApi.Contract.Security;
using Microsoft.Extensions.Caching.Memory;
using WebUi.Client;

namespace WebUi.Security;

/// <summary>Asks ControlApi who holds a token, and keeps the answer for five seconds.</summary>
public sealed class ReaderLookup(SignInClient api, IMemoryCache cache)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The reader; null when the token is worth nothing. Throws <see cref="ApiAwayException"/>.
    /// </summary>
    public async Task<ClaimsPrincipal?> FindAsync(string token, CancellationToken cancel)
    {
        var key = (typeof(ReaderLookup), token);
        if (cache.TryGetValue(key, out ClaimsPrincipal? known))
        {
            return known;
        }
        try
        {
            Me me = await api.GetMeAsync(token, cancel);
            return cache.Set(key, Principal(me, token), Kept);
        }
        catch (ApiException fault) when (fault.Status is 401 or 403)
        {
            return null;
        }
    }

    private static ClaimsPrincipal Principal(Me me, string token)
    {
        var identity = new ClaimsIdentity(SessionAuthenticationHandler.SchemeName);
        identity.AddClaim(new Claim(ClaimTypes.Name, me.Name));
        identity.AddClaim(new Claim(ClaimTypes.Role, me.Role ?? "key"));
        identity.AddClaim(new Claim(AccessToken.ClaimType, token));
        identity.AddClaims(me.Scopes.Select(scope => new Claim(AccessToken.ScopeClaimType, scope)));
        return new ClaimsPrincipal(identity);
    }
}
