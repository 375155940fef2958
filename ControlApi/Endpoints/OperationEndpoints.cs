using ControlApi.Configuration;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Security;

namespace ControlApi.Endpoints;

/// <summary>/operations: how long work went.</summary>
public static class OperationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/operations/{id}", GetAsync).Needs(Scopes.Read).Produces<Operation>().Refuses(404)
            .WithSummary("One operation; kept 30 days.");

    private static async Task<IResult> GetAsync(string id, OperationLog operations,
        CancellationToken cancellation)
        => await operations.FindAsync(id, cancellation) is { } operation
            ? Results.Ok(operation) : Problems.NotFound($"operation {id}");
}
