using ControlApi.Configuration;
using ControlApi.Contract.Security;
using ControlApi.Dataplane;
using ControlApi.Security;
using ControlApi.Status;
using Dataplane.Contract.Configuration;

namespace ControlApi.Endpoints;

/// <summary>/healthz/* and /metrics, outside of /api/v1.</summary>
public static class HealthEndpoints
{
    private const string MetricsType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz/live",
            () => Results.Text("live\n")).Takes().WithSummary("The process answers.");
        routes.MapGet("/healthz/ready", Ready).Takes().Refuses(503)
            .WithSummary("Databases are open and the dataplane runs the active revision.");
        routes.MapGet("/healthz/dataplane", (DataplaneMonitor dataplane) => dataplane.Status.IsConnected
                ? Results.Text("connected\n") : Away(dataplane)).Takes().Refuses(503)
            .WithSummary("The dataplane is connected.");
        routes.MapGet("/metrics", GetMetrics).Takes().Produces<string>(200, "text/plain").Refuses(401, 403)
            .WithSummary("Counters for Prometheus; needs read:* unless asked for on this machine.");
    }

    private static IResult Ready(DataplaneMonitor dataplane, ConfigurationService configuration,
        Health health)
    {
        if (!dataplane.Status.IsConnected)
        {
            return Away(dataplane);
        }
        return configuration.Active is { } active && dataplane.Status.Revision == active.Number
            ? Results.Text("ready\n")
            : Problems.Result(StatusCodes.Status503ServiceUnavailable, "not-ready", health.Report().Sentence);
    }

    private static IResult Away(DataplaneMonitor dataplane) => Problems.Result(
        StatusCodes.Status503ServiceUnavailable, "dataplane-away",
        $"The dataplane has been away since {dataplane.Status.Since:yyyy-MM-dd HH:mm:ss} UTC.");

    private static IResult GetMetrics(HttpContext context, Metrics metrics)
    {
        // ControlApi listens on loopback only; what came from elsewhere came through the web process.
        bool isLocal = !context.Request.Headers.ContainsKey("X-Forwarded-For")
            && !context.Request.Headers.ContainsKey("X-Original-For");
        Caller? caller = Caller.Of(context);
        if (!isLocal && caller is null)
        {
            return Problems.Result(StatusCodes.Status401Unauthorized, "not-signed-in",
                "Metrics need a key with the scope read:*.");
        }
        return !isLocal && !caller!.May(Scopes.Read)
            ? Problems.Result(StatusCodes.Status403Forbidden, "missing-scope", "This needs the scope read:*.",
                new ConfigFault("", Scopes.Read, $"{caller.Name} may not read metrics."))
            : Results.Text(metrics.Write(), MetricsType);
    }
}
