using System.Globalization;
using ControlApi.Configuration;
using ControlApi.Contract;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Security;
using ControlApi.Dataplane;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>/configuration: the active document, commits and revisions.</summary>
public static class ConfigurationEndpoints
{
    private static readonly string Schema = DocumentSchema.Write();

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/configuration", Get).Needs(Scopes.Read).Produces<ConfigurationDocument>()
            .Refuses(StatusCodes.Status404NotFound).WithSummary("The active document.");
        routes.MapGet("/configuration/schema", () => Results.Text(Schema, "application/schema+json"))
            .Needs(Scopes.Read).WithSummary("JSON Schema of the document.");
        routes.MapPost("/configuration/commits", CommitAsync).Needs(Scopes.WriteConfig)
            .Produces<Operation>(StatusCodes.Status202Accepted)
            .Refuses(409, 412, 422, 428, 503).WithSummary("Saves and applies a document as a new revision.");
        routes.MapGet("/configuration/revisions", ListAsync).Needs(Scopes.Read, "after", "limit")
            .Produces<Page<RevisionSummary>>().WithSummary("Revisions, newest first.");
        routes.MapGet("/configuration/revisions/{number}", GetRevisionAsync).Needs(Scopes.Read)
            .Produces<Revision>().Refuses(404).WithSummary("One revision with its document.");
        routes.MapGet("/configuration/revisions/{number}/diff", DiffAsync).Needs(Scopes.Read, "with")
            .Produces<RevisionDifference>().Refuses(404).WithSummary("Where two revisions differ.");
        routes.MapPost("/configuration/revisions/{number}/restore", RestoreAsync).Needs(Scopes.WriteConfig)
            .Produces<Operation>(StatusCodes.Status202Accepted)
            .Refuses(404, 409, 412, 422, 503).WithSummary("Commits an old document as a new revision.");
    }

    private static IResult Get(HttpContext context, ConfigurationService configuration)
    {
        if (configuration.Active is not { } active)
        {
            return Problems.NotFound("active configuration yet");
        }
        string tag = ETags.Of(active.Number);
        context.Response.Headers.ETag = tag;
        return context.Request.Headers.IfNoneMatch.Contains(tag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Text(active.Json, "application/json");
    }

    private static async Task<IResult> CommitAsync(
        CommitRequest request, HttpContext context, ConfigurationService configuration,
            DataplaneMonitor dataplane,
        Audit audit, DataFolderName folder, CancellationToken cancellation)
    {
        if (ETags.ReadIfMatch(context.Request, out uint? seen) is { } refusal)
        {
            return refusal;
        }
        if (CheckRequest(request) is { } fault)
        {
            return Problems.Faults("The commit cannot be done.", [fault]);
        }
        ConfigurationDocument? document = DocumentReader.Read(
            request.Document!.Value, out IReadOnlyList<ConfigFault> faults);
        if (document is null)
        {
            return Problems.Faults(FaultTitle(faults), faults);
        }
        CommitOrder order = CommitOrder.FromNetwork(
            document, configuration.Active, folder.Path, Caller.Of(context)!.Actor) with
        {
            Note = request.Note,
            BaseRevision = seen,
        };
        return await AnswerAsync(order, context, configuration, dataplane, audit, cancellation);
    }

    private static async Task<IResult> RestoreAsync(
        string number, HttpContext context, ConfigurationService configuration, DataplaneMonitor dataplane,
        RevisionStore revisions, Audit audit, CancellationToken cancellation)
    {
        uint? seen = null;
        if (context.Request.Headers.IfMatch.Count > 0
            && ETags.ReadIfMatch(context.Request, out seen) is { } refusal)
        {
            return refusal;
        }
        if (await FindAsync(number, revisions, cancellation) is not { } row
            || SavedDocument.Of(row) is not { } saved)
        {
            return Problems.NotFound($"revision {number}");
        }
        var order = new CommitOrder
        {
            Kind = "restore",
            Document = saved.Document,
            BaseDirectory = saved.BaseDirectory,
            RuleFileSource = RuleFileSource.Stored,
            Author = Caller.Of(context)!.Actor,
            Note = $"Restores revision {saved.Number}.",
            BaseRevision = seen,
            RuleFiles = saved.RuleFiles,
        };
        return await AnswerAsync(order, context, configuration, dataplane, audit, cancellation);
    }

    private static async Task<IResult> AnswerAsync(
        CommitOrder order, HttpContext context, ConfigurationService configuration,
            DataplaneMonitor dataplane,
        Audit audit, CancellationToken cancellation)
    {
        CommitOutcome outcome = await configuration.CommitAsync(order, cancellation);
        if (outcome.Operation is { } operation)
        {
            await audit.AddAsync(context, $"configuration.{order.Kind}", $"r{operation.Revision}", order.Note,
                cancellation);
            string location = $"{EndpointRules.Root}/operations/{operation.Id}";
            return Results.Accepted(location, operation);
        }
        if (outcome.Differences is { } differences)
        {
            context.Response.Headers.ETag = ETags.Of(configuration.ActiveRevision);
            return Problems.Stale(
                $"Revision {order.BaseRevision} is no longer active; {configuration.ActiveRevision} is.",
                    differences);
        }
        if (outcome.IsBusy)
        {
            return Problems.Result(StatusCodes.Status409Conflict, "operation-running",
                "Another operation is still running; try again when it has ended.");
        }
        return outcome.IsDataplaneAway
            ? Problems.Result(StatusCodes.Status503ServiceUnavailable, "dataplane-away",
                $"The dataplane has been away since {dataplane.Status.Since:yyyy-MM-dd HH:mm:ss} UTC; "
                + "nothing was saved.")
            : Problems.Faults(FaultTitle(outcome.Faults), outcome.Faults);
    }

    private static async Task<IResult> ListAsync(
        string? after, string? limit, RevisionStore revisions, CancellationToken cancellation)
    {
        if (PageLimit.TryParse(limit, out ConfigFault? fault) is not { } most)
        {
            return NoticeQuery.Refusal([fault!]);
        }
        uint? before = null;
        if (after is not null && (before = Number(after)) is null)
        {
            return NoticeQuery.Refusal(
                [new ConfigFault("?after", "bad-cursor", $"'{after}' is no revision.", null)]);
        }
        IReadOnlyList<RevisionRow> rows = await revisions.ListAsync(before, most + 1, cancellation);
        List<RevisionSummary> items = [.. rows.Take(most).Select(Summary)];
        return Results.Ok(new Page<RevisionSummary>(items, rows.Count > most
            ? items[^1].Number.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<IResult> GetRevisionAsync(
        string number, HttpContext context, RevisionStore revisions, CancellationToken cancellation)
    {
        if (await FindAsync(number, revisions, cancellation) is not { } row
            || SavedDocument.Of(row) is not { } saved)
        {
            return Problems.NotFound($"revision {number}");
        }
        context.Response.Headers.ETag = ETags.Of(row.Number);
        return Results.Ok(new Revision
        {
            Number = row.Number,
            Author = row.Author,
            Note = row.Note,
            Time = row.Time,
            Result = row.Result,
            Cause = row.Cause,
            Document = saved.Document,
            RuleFiles = saved.RuleFiles,
        });
    }

    private static async Task<IResult> DiffAsync(
        string number, string? with, RevisionStore revisions, ConfigurationService configuration,
        CancellationToken cancellation)
    {
        string other = with ?? configuration.ActiveRevision.ToString(CultureInfo.InvariantCulture);
        RevisionRow? left = await FindAsync(number, revisions, cancellation);
        RevisionRow? right = await FindAsync(other, revisions, cancellation);
        return left is null || right is null
            ? Problems.NotFound($"revision {(left is null ? number : other)}")
            : Results.Ok(new RevisionDifference(
                left.Number, right.Number, JsonDifference.Between(right.Document, left.Document)));
    }

    private static ConfigFault? CheckRequest(CommitRequest request) => request switch
    {
        { ConfirmWithinSeconds: not null } => new ConfigFault("/confirmWithinSeconds", "not-available",
            "This version applies at once and cannot wait for a confirmation.",
                "Leave confirmWithinSeconds out."),
        { Document: null } => new ConfigFault("/document", "no-draft", "There is no draft to commit.",
            "Send the whole document."),
        _ => null,
    };

    internal static string FaultTitle(IReadOnlyList<ConfigFault> faults) => faults.Count == 1
        ? "The document has a fault." : $"The document has {faults.Count} faults.";

    private static RevisionSummary Summary(RevisionRow row) => new()
    {
        Number = row.Number,
        Author = row.Author,
        Note = row.Note,
        Time = row.Time,
        Result = row.Result,
        Cause = row.Cause,
    };

    private static uint? Number(string text)
        => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
            ? number : null;

    private static async Task<RevisionRow?> FindAsync(
        string text, RevisionStore revisions, CancellationToken cancellation)
        => Number(text) is { } number ? await revisions.FindAsync(number, cancellation) : null;
}
