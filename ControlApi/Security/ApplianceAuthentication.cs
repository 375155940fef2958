using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ControlApi.Security;

/// <summary>
/// Reads bearer tokens, the session cookie, and the query's token where a browser can send no header.
/// </summary>
public sealed class ApplianceAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder,
        TokenReader tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "appliance";
    public const string Cookie = "__Host-appliance";
    public const string QueryToken = "access_token";

    private const string BearerPrefix = "Bearer ";

    /// <summary>Whether the request relies on the cookie alone, which a browser sends unasked.</summary>
    public static bool ReliesOnCookie(HttpRequest request)
        => Bearer(request) is null && request.Cookies.ContainsKey(Cookie);

    /// <summary>Streams that browsers open without being able to set a header.</summary>
    public static bool MayUseQueryToken(PathString path)
        => path.StartsWithSegments("/hub") || path.StartsWithSegments("/api/v1/events/stream");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        string? text = Bearer(Request)
            ?? (MayUseQueryToken(Request.Path) ? Request.Query[QueryToken].FirstOrDefault() : null)
            ?? Request.Cookies[Cookie];
        if (text is null)
        {
            return AuthenticateResult.NoResult();
        }
        Caller? caller = await tokens.FindAsync(text, Context.RequestAborted);
        if (caller is null)
        {
            return AuthenticateResult.Fail("The token is unknown, expired or revoked.");
        }
        caller.Attach(Context);
        return AuthenticateResult.Success(
            new AuthenticationTicket(caller.ToPrincipal(SchemeName), SchemeName));
    }

    private static string? Bearer(HttpRequest request)
    {
        string? header = request.Headers.Authorization.FirstOrDefault();
        return header?.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) == true
            ? header[BearerPrefix.Length..].Trim() : null;
    }
}
