using ControlApi.Contract;
using ControlApi.Contract.Notices;
using ControlApi.Contract.Security;
using ControlApi.Notices;
using Dataplane.Contract.Configuration;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>/notices: what was published, newest first.</summary>
public static class NoticeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/notices", List).Needs(Scopes.Read, NoticeQuery.Names).Produces<Page<Notice>>()
            .WithSummary("Notices, newest first.");
        routes.MapGet("/notices/{id}", Get).Needs(Scopes.Read).Produces<Notice>()
            .Refuses(StatusCodes.Status404NotFound).WithSummary("One notice.");
        routes.MapGet("/notices/{id}/eve", GetEve).Needs(Scopes.Read).Produces<string>(200,
            "application/json")
            .Refuses(StatusCodes.Status404NotFound).WithSummary("One notice as an EVE line.");
        routes.MapGet("/notices/{id}/packet", GetPacket).Needs(Scopes.ReadPackets)
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .Refuses(StatusCodes.Status404NotFound).WithSummary(
                "The packet that caused the notice, as far as kept.");
    }

    private static IResult List(
        HttpContext context, EventSearch search, CatalogFiles catalogs, string? filter, string? from,
            string? to,
        string? after, string? limit, CancellationToken cancellation)
    {
        _ = (filter, from, to, after, limit); // named for the description; read and checked together
        var faults = new List<ConfigFault>();
        if (NoticeQuery.TryParse(context.Request.Query, catalogs.Latest, faults) is not { } query)
        {
            return NoticeQuery.Refusal(faults);
        }
        IReadOnlyList<StoredNotice> found =
            search.Find(query.Search with { Limit = query.Search.Limit + 1 }, cancellation);
        List<Notice> items = [.. found.Take(query.Search.Limit).Select(n => NoticeJson.Read(n.Document))];
        return Results.Ok(new Page<Notice>(items, found.Count > query.Search.Limit ? items[^1].Id : null));
    }

    private static IResult Get(string id, EventSearch search)
        => Find(id, search) is { } notice ? Results.Ok(notice) : Problems.NotFound($"notice {id}");

    private static IResult GetEve(string id, EventSearch search) => Find(id, search) is { } notice
        ? Results.Text(EveLine.Write(notice) + "\n", "application/json") : Problems.NotFound($"notice {id}");

    private static IResult GetPacket(string id, EventSearch search)
        => Find(id, search) is { } notice && search.FindPacket((long)notice.Seq) is { } packet
            ? Results.Bytes(packet, "application/octet-stream") : Problems.NotFound($"packet of notice {id}");

    public static Notice? Find(string id, EventSearch search)
        => NoticeCursor.TryParse(id) is { } sequence && search.FindOne((long)sequence) is { } stored
            && NoticeJson.Read(stored.Document) is { } notice
            && notice.Id.Equals(id, StringComparison.OrdinalIgnoreCase) ? notice : null;
}
