using ControlApi.Contract;
using ControlApi.Security;

namespace ControlApi.Endpoints;

/// <summary>
/// What each endpoint says of itself: scope, query parameters, and the problems that all share.
/// </summary>
public static class EndpointRules
{
    public const string Root = "/api/v1";

    /// <summary>A scope, and the query parameters it knows; others are refused.</summary>
    public static RouteHandlerBuilder Needs(this RouteHandlerBuilder endpoint, string? scope,
        params string[] query)
        => endpoint.WithMetadata(new RequiredScope(scope)).Takes(query)
            .Produces<Problem>(StatusCodes.Status401Unauthorized, "application/problem+json")
            .Produces<Problem>(StatusCodes.Status403Forbidden, "application/problem+json");

    /// <summary>Query parameters of an endpoint that anybody may call.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder endpoint, params string[] query)
        => endpoint.WithMetadata(new AllowedQuery(query))
            .Produces<Problem>(StatusCodes.Status400BadRequest, "application/problem+json");

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (int status in statuses)
        {
            endpoint.Produces<Problem>(status, "application/problem+json");
        }
        return endpoint;
    }
}
