using ControlApi.Contract.Security;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using WebUi.Client;

namespace WebUi.Security;

/// <summary>
/// The three requests that set or remove the session cookie; the pages around them are plain HTML.
/// </summary>
public static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapGet("/start", StartAsync).AllowAnonymous();
        app.MapPost("/sign-in/password", SignInAsync).AllowAnonymous();
        app.MapPost("/sign-out", SignOutAsync).AllowAnonymous();
    }

    private static async Task<IResult> StartAsync(string? token, HttpContext context, SignInClient api)
    {
        if (string.IsNullOrEmpty(token))
        {
            return SeeOther("/sign-in");
        }
        return await OpenAsync(
            context, () => api.OpenByLinkAsync(token, context.RequestAborted), "/", "used");
    }

    private static Task<IResult> SignInAsync(
        HttpContext context,
        SignInClient api,
        [FromForm] string? user,
        [FromForm] string? password,
        [FromForm(Name = "return")] string? returnTo)
    {
        string target = LocalPath(returnTo);
        return OpenAsync(
            context,
            () => api.OpenAsync(new SignInRequest(user ?? "", password ?? ""), context.RequestAborted),
            target,
            "wrong&return=" + Uri.EscapeDataString(target));
    }

    private static async Task<IResult> SignOutAsync(
        HttpContext context, SignInClient api, IAntiforgery forgery)
    {
        await forgery.ValidateRequestAsync(context);
        if (context.Request.Cookies.TryGetValue(SessionCookie.Name, out string? token))
        {
            try
            {
                await api.CloseAsync(token, context.RequestAborted);
            }
            catch (ApiException)
            {
                // The session had ended already, or it ends by its own time limit: the cookie goes either
                // way.
            }
        }
        SessionCookie.Remove(context.Response);
        return SeeOther("/sign-in?reason=out");
    }

    private static async Task<IResult> OpenAsync(
        HttpContext context, Func<Task<SessionCreated>> open, string target, string reason)
    {
        try
        {
            SessionCreated session = await open();
            SessionCookie.Set(context.Response, session.Token, session.ExpiresAt);
            return SeeOther(target);
        }
        catch (ApiAwayException)
        {
            return SeeOther("/sign-in?reason=away");
        }
        catch (ApiException fault)
        {
            return SeeOther("/sign-in?reason=" + (fault.Status == 429 ? "locked" : reason));
        }
    }

    private static string LocalPath(string? path) =>
        path is ['/', not ('/' or '\\'), ..] && !path.Any(char.IsControl) ? path : "/";

    private static SeeOtherResult SeeOther(string target) => new SeeOtherResult(target);

    /// <summary>303: the browser comes back with GET whatever it sent before (RFC 9110, 15.4.4).</summary>
    private sealed class SeeOtherResult(string target) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = target;
            httpContext.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }
    }
}
