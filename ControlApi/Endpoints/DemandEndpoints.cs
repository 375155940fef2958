using System.Globalization;
using ControlApi.Contract;
using ControlApi.Contract.Live;
using ControlApi.Contract.Security;
using ControlApi.Dataplane;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Grpc.Core;

namespace ControlApi.Endpoints;

/// <summary>Who hears what of live flows, and switching subscriptions for them while they run.</summary>
public static class DemandEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/flows/{id}/demand", GetAsync).Needs(Scopes.Read).Produces<FlowDemand>()
            .Refuses(404, 503)
            .WithSummary("Which NF hears what of a live flow, and why its stack is so deep.");
        routes.MapGet("/demand", ListAsync).Needs(Scopes.Read, "filter", "limit").Produces<Page<FlowDemand>>()
            .Refuses(422, 503).WithSummary("The same for live flows by a BPF filter.");
        routes.MapPost("/flows/{id}/subscriptions", ChangeOneAsync).Needs(Scopes.WriteConfig)
            .Produces<SubscriptionChanged>().Refuses(404, 422, 503)
            .WithSummary("Switches a subscription on or off for one live flow.");
        routes.MapPost("/subscriptions", ChangeAsync).Needs(Scopes.WriteConfig)
            .Produces<SubscriptionChanged>().Refuses(422, 503)
            .WithSummary("Switches a subscription on or off for all live flows that a BPF filter takes.");
    }

    private static async Task<IResult> GetAsync(
        string id, DataplaneClient dataplane, CancellationToken cancellation)
    {
        try
        {
            var (demands, faults) = await dataplane.DemandAsync(id, "", 1, cancellation);
            return demands is [FlowDemand only] ? Results.Ok(only) : Refusal(faults, id);
        }
        catch (RpcException error)
        {
            return Problems.DataplaneAway(error.Status.Detail);
        }
    }

    private static async Task<IResult> ListAsync(
        string? filter, string? limit, DataplaneClient dataplane, CancellationToken cancellation)
    {
        if (PageLimit.TryParse(limit, out ConfigFault? fault) is not { } most)
        {
            return NoticeQuery.Refusal([fault!]);
        }
        try
        {
            var (demands, faults) = await dataplane.DemandAsync(null, filter ?? "", (uint)most, cancellation);
            return demands is null ? Refusal(faults, null) : Results.Ok(new Page<FlowDemand>(demands, null));
        }
        catch (RpcException error)
        {
            return Problems.DataplaneAway(error.Status.Detail);
        }
    }

    private static Task<IResult> ChangeOneAsync(
        string id, FlowSubscription request, HttpContext context, DataplaneClient dataplane, Audit audit,
        CancellationToken cancellation)
        => SendAsync(new SubscriptionChange
        {
            Nf = request.Nf,
            Subscription = request.Subscription,
            On = request.On,
            Start = request.Start,
            Flow = id,
        }, context, dataplane, audit, cancellation);

    private static async Task<IResult> ChangeAsync(
        SubscriptionChange request, HttpContext context, DataplaneClient dataplane, Audit audit,
        CancellationToken cancellation)
        => request.Flow is not null
            ? Problems.Faults("The subscription cannot be switched.", [new ConfigFault("/flow", "not-here",
                "One flow is switched by its own path.", "POST to /flows/{id}/subscriptions.")])
            : await SendAsync(request, context, dataplane, audit, cancellation);

    private static async Task<IResult> SendAsync(
        SubscriptionChange change, HttpContext context, DataplaneClient dataplane, Audit audit,
        CancellationToken cancellation)
    {
        try
        {
            var (changed, faults) = await dataplane.ChangeAsync(change, cancellation);
            if (changed is null)
            {
                return Refusal(faults, change.Flow);
            }
            string detail = string.Create(CultureInfo.InvariantCulture,
                $"{(change.Flow is null ? $"filter '{change.Filter}'" : $"flow {change.Flow}")}: "
                + $"{changed.FlowsChanged} of {changed.FlowsMatched} flows changed");
            await audit.AddAsync(context, change.On ? "subscriptions.on" : "subscriptions.off",
                change.Subscription is null ? change.Nf : $"{change.Nf}/{change.Subscription}", detail,
                cancellation);
            return Results.Ok(changed);
        }
        catch (RpcException error)
        {
            return Problems.DataplaneAway(error.Status.Detail);
        }
    }

    private static IResult Refusal(IReadOnlyList<ConfigFault> faults, string? flow)
        => faults.Any(f => f.Code == "no-such-flow")
            ? Problems.NotFound($"live flow {flow}")
            : Problems.Faults("That cannot be done.", faults);
}
