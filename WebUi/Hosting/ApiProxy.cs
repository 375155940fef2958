using Microsoft.AspNetCore.Mvc;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace WebUi.Hosting;

/// <summary>
/// Forwards ControlApi's paths, and no others, so that people and scripts need one address only.
/// </summary>
public static class ApiProxy
{
    private static readonly string[] Paths =
        ["/api/v1/{**rest}", "/hub/{**rest}", "/openapi/{**rest}", "/metrics", "/healthz/{**rest}"];

    public static void AddApiProxy(this IServiceCollection services, Uri api)
    {
        var cluster = new ClusterConfig
        {
            ClusterId = "control-api",
            Destinations = new Dictionary<string, DestinationConfig>
            {
                ["only"] = new() { Address = api.AbsoluteUri },
            },
        };
        RouteConfig[] routes =
        [
            .. Paths.Select((path, i) => new RouteConfig
            {
                RouteId = $"route{i}",
                ClusterId = cluster.ClusterId,
                Match = new RouteMatch { Path = path },
                // ControlApi compares Origin with the host that the browser used.
                Transforms = [new Dictionary<string, string> { ["RequestHeaderOriginalHost"] = "true" }],
            }),
        ];
        services.AddReverseProxy().LoadFromMemory(routes, [cluster]);
    }

    public static void MapApiProxy(this IEndpointRouteBuilder app) =>
        app.MapReverseProxy(proxy => proxy.Use(async (context, next) =>
        {
            await next(context);
            if (context.GetForwarderErrorFeature() is not null
                && !context.Response.HasStarted
                && !context.RequestAborted.IsCancellationRequested)
            {
                await WriteAwayAsync(context);
            }
        })).AllowAnonymous();

    private static Task WriteAwayAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "2";
        var problem = new ProblemDetails
        {
            Type = "https://microbox.invalid/problems/control-api-away",
            Title = "ControlApi does not answer.",
            Detail = "Traffic goes on. ControlApi is started again by itself; ask again in two seconds.",
            Status = StatusCodes.Status503ServiceUnavailable,
        };
        return context.Response.WriteAsJsonAsync(
            problem, options: null, contentType: "application/problem+json", context.RequestAborted);
    }
}
