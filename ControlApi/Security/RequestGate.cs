using ControlApi.Contract.Security;
using ControlApi.Endpoints;
using Dataplane.Contract.Configuration;

namespace ControlApi.Security;

/// <summary>
/// Refuses requests before their body is read: not signed in, no scope, forged, unknown query.
/// </summary>
public sealed class RequestGate(RequestDelegate next, ControlApiOptions options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        Endpoint? endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<RequiredScope>() is { } required
            && !await MayAsync(context, required))
        {
            return;
        }
        if (IsUnsafe(context.Request.Method) && ApplianceAuthentication.ReliesOnCookie(context.Request)
            && !IsOwnOrigin(context.Request))
        {
            await Problems.WriteAsync(context, StatusCodes.Status403Forbidden, "forgery",
                "The request did not come from a page of this appliance.", new ConfigFault("", "forgery",
                    "The Origin header is missing or not our own.",
                        "Use a key as bearer token in programs."));
            return;
        }
        if (endpoint?.Metadata.GetMetadata<AllowedQuery>() is { } query)
        {
            List<ConfigFault> unknown = [.. UnknownParameters(context.Request, query)];
            if (unknown.Count > 0)
            {
                await Problems.WriteAsync(context, StatusCodes.Status400BadRequest, "unknown-parameter",
                    "The query has parameters that do not exist here.", [.. unknown]);
                return;
            }
        }
        await next(context);
    }

    private static async Task<bool> MayAsync(HttpContext context, RequiredScope required)
    {
        if (Caller.Of(context) is not { } caller)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Problems.WriteAsync(context, StatusCodes.Status401Unauthorized, "not-signed-in",
                "Sign in, or send a key as bearer token.", new ConfigFault("", "not-signed-in",
                    "There is no session or key with this request, or it has expired or was revoked.",
                    "Make a key with: appliance key create --name N --scope read:*"));
            return false;
        }
        if (required.Scope is { } scope && !caller.May(scope))
        {
            await Problems.WriteAsync(context, StatusCodes.Status403Forbidden, "missing-scope",
                $"This needs the scope {scope}.", new ConfigFault("", scope,
                    $"{caller.Name} has {string.Join(", ", caller.Scopes)}.",
                        $"Use a key or a user with {scope}."));
            return false;
        }
        return true;
    }

    private static bool IsUnsafe(string method)
        => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static IEnumerable<ConfigFault> UnknownParameters(HttpRequest request, AllowedQuery allowed)
    {
        foreach (string name in request.Query.Keys)
        {
            bool isToken = name == ApplianceAuthentication.QueryToken
                && ApplianceAuthentication.MayUseQueryToken(request.Path);
            if (!isToken && !allowed.Names.Contains(name))
            {
                yield return new ConfigFault($"?{name}", "unknown-parameter",
                    $"There is no query parameter {name}.",
                    allowed.Names.Count == 0 ? "Leave it out." : $"Use {string.Join(", ", allowed.Names)}.");
            }
        }
    }

    private bool IsOwnOrigin(HttpRequest request)
    {
        string? origin = request.Headers.Origin.FirstOrDefault();
        return origin is not null && (options.PublicOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
            || string.Equals(origin, $"{request.Scheme}://{request.Host}",
                StringComparison.OrdinalIgnoreCase));
    }
}
