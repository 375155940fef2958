using ControlApi.Contract;
using ControlApi.Contract.Notices;
using ControlApi.Contract.Security;
using ControlApi.Notices;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>/alerts: notices that belong in the inbox, with what people did about them.</summary>
public static class AlertEndpoints
{
    private const int ActionIdsMax = 1_000;

    /// <summary>Pages read while looking for alerts in one state.</summary>
    private const int LooksMax = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/alerts", ListAsync).Needs(Scopes.Read, [.. NoticeQuery.Names, "state"])
            .Produces<Page<Alert>>().WithSummary("Alerts, newest first.");
        routes.MapGet("/alerts/{id}", GetAsync).Needs(Scopes.Read).Produces<Alert>()
            .Refuses(StatusCodes.Status404NotFound).WithSummary("One alert.");
        routes.MapGet("/alerts/{id}/eve", GetEve).Needs(Scopes.Read).Produces<string>(200, "application/json")
            .Refuses(StatusCodes.Status404NotFound).WithSummary("One alert as an EVE line.");
        routes.MapPost("/alerts/actions", ActAsync).Needs(Scopes.WriteAlerts).Produces<AlertActionResult>()
            .Refuses(StatusCodes.Status422UnprocessableEntity).WithSummary(
                "Archives, escalates, reopens or notes.");
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, EventSearch search, TriageStore triage, CatalogFiles catalogs, string? filter,
        string? from, string? to, string? after, string? limit, string? state, CancellationToken cancellation)
    {
        _ = (filter, from, to, after, limit); // named for the description; read and checked together
        var faults = new List<ConfigFault>();
        TriageState? wanted = null;
        if (state is not null)
        {
            wanted = StateOf(state);
            if (wanted is null)
            {
                faults.Add(new ConfigFault("?state", "bad-state", $"There is no state {state}.",
                    "Use inbox, escalated or archived."));
            }
        }
        if (NoticeQuery.TryParse(context.Request.Query, catalogs.Latest, faults) is not { } query)
        {
            return NoticeQuery.Refusal(faults);
        }
        NoticeSearch left =
            query.Search with { Condition = OnlyAlerts(query.Search.Condition, catalogs.Latest) };
        var found = new List<Alert>();
        bool isMore = true;
        for (int look = 0; look < LooksMax && isMore && found.Count <= query.Search.Limit; look++)
        {
            IReadOnlyList<StoredNotice> page =
                search.Find(left with { Limit = query.Search.Limit + 1 }, cancellation);
            isMore = page.Count > query.Search.Limit;
            IReadOnlyList<Alert> alerts = await WithTriageAsync(
                [.. page.Select(n => NoticeJson.Read(n.Document))], triage, cancellation);
            found.AddRange(alerts.Where(a => wanted is null || a.State == wanted));
            left = page.Count == 0 ? left : left with { Before = page[^1].Seq };
        }
        List<Alert> items = [.. found.Take(query.Search.Limit)];
        return Results.Ok(new Page<Alert>(items, found.Count > items.Count ? items[^1].Id : null));
    }

    private static async Task<IResult> GetAsync(
        string id, EventSearch search, TriageStore triage, CatalogFiles catalogs,
            CancellationToken cancellation)
        => FindAlert(id, search, catalogs) is { } notice
            ? Results.Ok((await WithTriageAsync([notice], triage, cancellation))[0])
                : Problems.NotFound($"alert {id}");

    private static IResult GetEve(string id, EventSearch search, CatalogFiles catalogs)
        => FindAlert(id, search, catalogs) is { } notice
            ? Results.Text(EveLine.Write(notice) + "\n", "application/json")
                : Problems.NotFound($"alert {id}");

    private static async Task<IResult> ActAsync(
        AlertAction request, HttpContext context, EventSearch search, TriageStore triage,
            CatalogFiles catalogs,
        Audit audit, TimeProvider clock, CancellationToken cancellation)
    {
        string? state = request.Action switch
        {
            "archive" => "archived",
            "escalate" => "escalated",
            "reopen" => "inbox",
            _ => null,
        };
        if ((state is null && request.Action != "note") || request.Ids.Count is 0 or > ActionIdsMax
            || (request.Action == "note" && string.IsNullOrWhiteSpace(request.Note)))
        {
            return Problems.Faults("The action cannot be done.", [new ConfigFault("", "bad-action",
                $"Use archive, escalate, reopen, or note with a note, for 1 to {ActionIdsMax} ids.",
                "Correct the action.")]);
        }
        string[] groups = [.. request.Ids.Select(id => FindAlert(id, search, catalogs)).OfType<Notice>()
            .Select(NoticeFields.GroupId).Distinct()];
        int count = state is null ? groups.Length : await triage.SetStateAsync(groups, state, cancellation);
        if (!string.IsNullOrWhiteSpace(request.Note))
        {
            await triage.AddNotesAsync(
                groups, Caller.Of(context)!.Actor, request.Note, clock.GetUtcNow(), cancellation);
        }
        await audit.AddAsync(context, $"alerts.{request.Action}", string.Join(',', groups), request.Note,
            cancellation);
        return Results.Ok(new AlertActionResult(count));
    }

    private static Notice? FindAlert(string id, EventSearch search, CatalogFiles catalogs)
        => NoticeEndpoints.Find(id, search) is { } notice
            && catalogs.Latest.AlertTypes().Any(t => NoticeTypes.IsAtOrBelow(notice.Type, t)) ? notice : null;

    private static SearchCondition OnlyAlerts(SearchCondition condition, SpoolCatalog catalog)
    {
        var values = new List<object>(condition.Parameters);
        var tests = new List<string>();
        foreach (string type in catalog.AlertTypes())
        {
            string value = $"$p{values.Count}";
            values.Add(type);
            tests.Add($"type = {value} OR (type > {value} || '/' AND type < {value} || '0')");
        }
        return new SearchCondition($"({condition.Sql}) AND ({string.Join(" OR ", tests)})", values);
    }

    private static async Task<IReadOnlyList<Alert>> WithTriageAsync(
        IReadOnlyList<Notice> notices, TriageStore triage, CancellationToken cancellation)
    {
        string[] ids = [.. notices.Select(NoticeFields.GroupId).Distinct()];
        IReadOnlyDictionary<string, AlertGroupRow> groups = await triage.GroupsAsync(ids, cancellation);
        ILookup<string, TriageNoteRow> notes = await triage.NotesAsync(ids, cancellation);
        return [.. notices.Select(n => ToAlert(n, groups, notes))];
    }

    private static Alert ToAlert(
        Notice notice, IReadOnlyDictionary<string, AlertGroupRow> groups,
            ILookup<string, TriageNoteRow> notes)
    {
        string group = NoticeFields.GroupId(notice);
        return new Alert
        {
            Id = notice.Id,
            Node = notice.Node,
            Seq = notice.Seq,
            Type = notice.Type,
            Severity = notice.Severity,
            Time = notice.Time,
            ReceivedAt = notice.ReceivedAt,
            Flow = notice.Flow,
            Nf = notice.Nf,
            Chain = notice.Chain,
            Revision = notice.Revision,
            Title = notice.Title,
            Action = notice.Action,
            Body = notice.Body,
            HasPacket = notice.HasPacket,
            State = StateOf(groups.GetValueOrDefault(group)?.State ?? "inbox") ?? TriageState.Inbox,
            GroupId = group,
            Notes = [.. notes[group].Select(n => new TriageNote(n.Author, n.Time, n.Text))],
        };
    }

    private static TriageState? StateOf(string text) => text switch
    {
        "inbox" => TriageState.Inbox,
        "escalated" => TriageState.Escalated,
        "archived" => TriageState.Archived,
        _ => null,
    };
}
