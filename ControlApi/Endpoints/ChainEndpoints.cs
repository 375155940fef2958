using ControlApi.Configuration;
using ControlApi.Contract;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Security;
using Dataplane.Contract.Configuration;
using Grpc.Core;

namespace ControlApi.Endpoints;

/// <summary>/chains: the chains of the active document and what their NFs hear.</summary>
public static class ChainEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/chains", ListAsync).Needs(Scopes.Read).Produces<Page<ChainView>>()
            .WithSummary("All chains with their subscriptions.");
        routes.MapGet("/chains/{id}", GetAsync).Needs(Scopes.Read).Produces<ChainView>().Refuses(404)
            .WithSummary("One chain; its ETag is the last revision that changed it.");
        routes.MapGet("/chains/{id}/plan", PlanAsync).Needs(Scopes.Read).Produces<PlannedChain>()
            .Refuses(404, 503)
            .WithSummary("Where each NF of a chain runs and why, and who asks for which part of the stack.");
    }

    private static async Task<IResult> PlanAsync(
        string id, ConfigurationService configuration, CancellationToken cancellation)
    {
        try
        {
            ChainPlan? plan = await configuration.ActivePlanAsync(cancellation);
            return plan?.Chains.FirstOrDefault(c => c.Id == id) is { } chain
                ? Results.Ok(chain) : Problems.NotFound($"chain {id}");
        }
        catch (RpcException error)
        {
            return Problems.DataplaneAway(error.Status.Detail);
        }
    }

    private static async Task<IResult> ListAsync(ChainViews chains, CancellationToken cancellation)
        => Results.Ok(new Page<ChainView>(await chains.ListAsync(cancellation), null));

    private static async Task<IResult> GetAsync(
        string id, HttpContext context, ChainViews chains, CancellationToken cancellation)
    {
        if ((await chains.ListAsync(cancellation)).FirstOrDefault(c => c.Id == id) is not { } chain)
        {
            return Problems.NotFound($"chain {id}");
        }
        context.Response.Headers.ETag = ETags.Of(chain.Revision);
        return context.Request.Headers.IfNoneMatch.Contains(ETags.Of(chain.Revision))
            ? Results.StatusCode(StatusCodes.Status304NotModified) : Results.Ok(chain);
    }
}
