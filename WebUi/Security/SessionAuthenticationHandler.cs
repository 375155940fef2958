using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using WebUi.Client;

namespace WebUi.Security;

/// <summary>
/// Turns the session cookie into a principal by asking ControlApi; sends others to the sign-in page.
/// </summary>
public sealed class SessionAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ReaderLookup readers) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "session";

    private bool _apiAway;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Request.Cookies.TryGetValue(SessionCookie.Name, out string? token))
        {
            return AuthenticateResult.NoResult();
        }
        try
        {
            ClaimsPrincipal? reader = await readers.FindAsync(token, Context.RequestAborted);
            return reader is null
                ? AuthenticateResult.Fail("This session ended.")
                : AuthenticateResult.Success(new AuthenticationTicket(reader, SchemeName));
        }
        catch (ApiAwayException)
        {
            _apiAway = true;
            return AuthenticateResult.Fail("ControlApi does not answer.");
        }
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_apiAway)
        {
            return AwayPage.WriteAsync(Context);
        }
        if (HttpMethods.IsGet(Request.Method) && !Request.Path.StartsWithSegments("/_blazor"))
        {
            string here = Request.Path + Request.QueryString;
            string target = here == "/" ? "/sign-in" : "/sign-in?return=" + Uri.EscapeDataString(here);
            Response.Redirect(target);
            return Task.CompletedTask;
        }
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }
}
