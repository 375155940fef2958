using System.Globalization;
using ControlApi.Contract;
using ControlApi.Contract.Security;
using Dataplane.Contract.Configuration;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>/audit: what people and keys did.</summary>
public static class AuditEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/audit", ListAsync).Needs(Scopes.Admin, "after",
            "limit").Produces<Page<AuditEntry>>()
            .WithSummary("What people and keys did, newest first.");

    private static async Task<IResult> ListAsync(
        string? after, string? limit, AuditStore audit, CancellationToken cancellation)
    {
        if (PageLimit.TryParse(limit, out ConfigFault? fault) is not { } most)
        {
            return NoticeQuery.Refusal([fault!]);
        }
        long cursor = 0;
        if (after is not null
            && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out cursor))
        {
            return NoticeQuery.Refusal([new ConfigFault("?after", "bad-cursor", $"'{after}' is no entry.")]);
        }
        IReadOnlyList<AuditRow> rows =
            await audit.ListAsync(after is null ? null : cursor, most + 1, cancellation);
        List<AuditEntry> items = [.. rows.Take(most).Select(r => new AuditEntry(
            r.Id.ToString(CultureInfo.InvariantCulture), r.Time, r.Actor, r.Action, r.Subject, r.Detail,
                r.Address))];
        return Results.Ok(new Page<AuditEntry>(items, rows.Count > most ? items[^1].Id : null));
    }
}
