using ControlApi.Contract;
using ControlApi.Contract.Security;
using ControlApi.Contract.Status;
using ControlApi.Status;
using Dataplane.Contract.Configuration;

namespace ControlApi.Endpoints;

/// <summary>/flows: the live flows that carry most.</summary>
public static class FlowEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/flows", List).Needs(Scopes.Read, "limit").Produces<Page<FlowStatus>>()
            .WithSummary("Live flows, those that carry most first.");
        routes.MapGet("/flows/{id}",
            (string id, FlowViews flows) => flows.List().FirstOrDefault(f => f.Id == id)
                is { } flow ? Results.Ok(flow) : Problems.NotFound($"flow {id} among those listed"))
            .Needs(Scopes.Read).Produces<FlowStatus>().Refuses(404).WithSummary("One live flow.");
    }

    private static IResult List(string? limit, FlowViews flows)
        => PageLimit.TryParse(limit, out ConfigFault? fault) is { } most
            ? Results.Ok(new Page<FlowStatus>([.. flows.List().Take(most)], null))
                : NoticeQuery.Refusal([fault!]);
}
