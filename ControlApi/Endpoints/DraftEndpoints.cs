using ControlApi.Configuration;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Security;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Grpc.Core;

namespace ControlApi.Endpoints;

/// <summary>/configuration/draft: a document looked at without applying it.</summary>
public static class DraftEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/configuration/draft/check", CheckAsync).Needs(Scopes.WriteConfig)
            .Produces<DraftCheck>().Refuses(503).WithSummary("Every fault that a commit would find.");
        routes.MapPost("/configuration/draft/plan", PlanAsync).Needs(Scopes.WriteConfig)
            .Produces<ChainPlan>().Refuses(422, 503)
            .WithSummary("What would run for a document: where each NF runs and why.");
    }

    private static async Task<IResult> CheckAsync(
        DraftRequest request, HttpContext context, ConfigurationService configuration, DataFolderName folder,
        CancellationToken cancellation)
    {
        if (Read(request, out IReadOnlyList<ConfigFault> faults) is not { } document)
        {
            return Results.Ok(new DraftCheck(faults));
        }
        try
        {
            return Results.Ok(new DraftCheck(await configuration.CheckAsync(
                OrderOf(document, context, configuration, folder), cancellation)));
        }
        catch (RpcException error)
        {
            return Problems.DataplaneAway(error.Status.Detail);
        }
    }

    private static async Task<IResult> PlanAsync(
        DraftRequest request, HttpContext context, ConfigurationService configuration, DataFolderName folder,
        CancellationToken cancellation)
    {
        if (Read(request, out IReadOnlyList<ConfigFault> faults) is not { } document)
        {
            return Problems.Faults(ConfigurationEndpoints.FaultTitle(faults), faults);
        }
        try
        {
            (ChainPlan? plan, faults) = await configuration.PlanAsync(
                OrderOf(document, context, configuration, folder), cancellation);
            return plan is null
                ? Problems.Faults(ConfigurationEndpoints.FaultTitle(faults), faults) : Results.Ok(plan);
        }
        catch (RpcException error)
        {
            return Problems.DataplaneAway(error.Status.Detail);
        }
    }

    private static CommitOrder OrderOf(ConfigurationDocument document, HttpContext context,
        ConfigurationService configuration, DataFolderName folder) => CommitOrder.FromNetwork(
            document, configuration.Active, folder.Path, Caller.Of(context)!.Actor);

    private static ConfigurationDocument? Read(DraftRequest request, out IReadOnlyList<ConfigFault> faults)
    {
        if (request.Document is { } document)
        {
            return DocumentReader.Read(document, out faults);
        }
        faults = [new ConfigFault("/document", "no-document", "There is no document to look at.",
            "Send the whole document.")];
        return null;
    }
}
