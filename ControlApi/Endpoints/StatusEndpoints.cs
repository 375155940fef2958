using ControlApi.Configuration;
using ControlApi.Contract;
using ControlApi.Contract.Live;
using ControlApi.Contract.Security;
using ControlApi.Contract.Status;
using ControlApi.Dataplane;
using ControlApi.Live;
using ControlApi.Status;
using Dataplane.Contract.Shared;

namespace ControlApi.Endpoints;

/// <summary>/system, /ports, /workers, /drops: how the appliance is.</summary>
public static class StatusEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/system", GetSystem).Needs(Scopes.Read).Produces<ApplianceStatus>()
            .WithSummary("Version and state in words.");
        routes.MapGet("/system/health", (Health health) => Results.Ok(health.Report())).Needs(Scopes.Read)
            .Produces<HealthReport>().WithSummary("Checks with their remedies.");
        routes.MapGet("/rates", (LiveFeed feed) => feed.Rates is { } rates ? Results.Ok(rates) : Away())
            .Needs(Scopes.Read).Produces<RatesMessage>().Refuses(503).WithSummary(
                "Rates of the last second.");
        routes.MapGet("/ports", (PortViews ports) => Results.Ok(new Page<PortStatus>(ports.List(), null)))
            .Needs(Scopes.Read).Produces<Page<PortStatus>>().WithSummary("All ports with their counters.");
        routes.MapGet("/ports/{id}",
            (string id, PortViews ports) => ports.List().FirstOrDefault(p => p.Id == id)
                is { } port ? Results.Ok(port) : Problems.NotFound($"port {id}"))
            .Needs(Scopes.Read).Produces<PortStatus>().Refuses(404).WithSummary("One port.");
        routes.MapGet("/workers", ListWorkers).Needs(Scopes.Read).Produces<Page<WorkerStatus>>()
            .WithSummary("All workers with their counters.");
        routes.MapGet("/drops", ListDrops).Needs(Scopes.Read).Produces<Page<DropCount>>()
            .WithSummary("Dropped packets by reason.");
    }

    private static IResult GetSystem(
        Health health, DataplaneMonitor dataplane, ConfigurationService configuration,
        ProcessStart start)
    {
        HealthReport report = health.Report();
        return Results.Ok(new ApplianceStatus
        {
            Version = ProcessStart.Version,
            DataplaneVersion = dataplane.Status.Version,
            Node = Environment.MachineName,
            Health = report.Health,
            Sentence = report.Sentence,
            StartedAt = start.Time,
            DataplaneStartedAt = dataplane.Status.StartedAt,
            Revision = configuration.ActiveRevision,
            Demo = Health.IsDemo(configuration.Active?.Document),
        });
    }

    private static IResult ListWorkers(StatsFile stats, LiveRates rates)
    {
        IReadOnlyList<WorkerRow> rows = stats.Read<WorkerRow>(StatsLayout.Workers);
        return Results.Ok(new Page<WorkerStatus>([.. rows.Select((w, i) => new WorkerStatus(
            i, w.Core < 0 ? null : w.Core, i < rates.Busy.Count
                ? rates.Busy[i] : 0, w.Sleeping != 0, w.Packets,
            w.Bytes, w.Flows, w.PacketsHandedOver, w.RingOverflows))], null));
    }

    private static IResult ListDrops(StatsFile stats) => Results.Ok(new Page<DropCount>(
        [.. stats.Read<NamedCountRow>(StatsLayout.Drops).Where(d => d.Count > 0)
            .Select(d => new DropCount(d.Name.ToString(), d.Count)).OrderByDescending(d => d.Packets)],
                null));

    private static IResult Away()
        => Problems.Result(StatusCodes.Status503ServiceUnavailable, "dataplane-away",
        "The dataplane is not connected, or has just started; there are no rates yet.");
}
