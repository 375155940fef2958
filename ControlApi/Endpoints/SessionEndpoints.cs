using ControlApi.Contract;
using ControlApi.Contract.Security;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>/sessions: signing in and out.</summary>
public static class SessionEndpoints
{
    public const string SignInLimit = "sign-in";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sessions", SignInAsync).Takes().RequireRateLimiting(SignInLimit)
            .Produces<SessionCreated>(StatusCodes.Status201Created).Refuses(401, 429)
            .WithSummary("Signs in with a password.");
        routes.MapPost("/sessions/link", SignInByLinkAsync).Takes().RequireRateLimiting(SignInLimit)
            .Produces<SessionCreated>(StatusCodes.Status201Created).Refuses(401, 410, 429)
            .WithSummary("Signs in with the token of a one-time link.");
        routes.MapGet("/sessions", ListAsync).Needs(Scopes.Admin).Produces<Page<SessionSummary>>()
            .WithSummary("Sessions that are good.");
        routes.MapDelete("/sessions/{id}", EndAsync).Needs(null).Produces(StatusCodes.Status204NoContent)
            .Refuses(404).WithSummary("Ends a session: one's own, or anybody's with admin.");
    }

    private static async Task<IResult> SignInAsync(
        SignInRequest request, HttpContext context, SignIn signIn, Audit audit,
            CancellationToken cancellation)
    {
        if (await signIn.CheckPasswordAsync(request) is not { } user)
        {
            await audit.AddAsync(context, "session.refused", request.User, null, cancellation);
            return Problems.Result(StatusCodes.Status401Unauthorized, "wrong-password",
                "Name, password or code is wrong, or the user is locked for some minutes.",
                new ConfigFault("", "wrong-password", "The sign-in was refused.",
                    "appliance link prints a way in."));
        }
        return await StartAsync(user, context, signIn, audit, cancellation);
    }

    private static async Task<IResult> SignInByLinkAsync(
        LinkRequest request, HttpContext context, SignIn signIn, SessionStore sessions, Audit audit,
        CancellationToken cancellation)
    {
        if (await signIn.SpendLinkAsync(request.Token, cancellation) is { } user)
        {
            return await StartAsync(user, context, signIn, audit, cancellation);
        }
        LinkRow? link = await sessions.FindLinkAsync(SignIn.LinkId(request.Token), cancellation);
        return link switch
        {
            null => Problems.Result(StatusCodes.Status401Unauthorized, "unknown-link",
                "This link is unknown. `appliance link` prints a new one."),
            { UsedAt: not null } => Problems.Result(StatusCodes.Status410Gone, "used-link",
                "This link was used. `appliance link` prints a new one."),
            _ => Problems.Result(StatusCodes.Status410Gone, "old-link",
                "This link is too old. `appliance link` prints a new one."),
        };
    }

    private static async Task<IResult> StartAsync(
        User user, HttpContext context, SignIn signIn, Audit audit, CancellationToken cancellation)
    {
        string? address = context.Connection.RemoteIpAddress?.ToString();
        SessionCreated session = await signIn.StartAsync(user, address, cancellation);
        await audit.AddAsync(user.UserName!, "session.start", session.Id, null, address, cancellation);
        return Results.Created($"{EndpointRules.Root}/sessions/{session.Id}", session);
    }

    private static async Task<IResult> ListAsync(
        HttpContext context, SessionStore sessions, TimeProvider clock, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        IReadOnlyList<SessionRow> rows = await sessions.ListAsync(now, cancellation);
        return Results.Ok(
            new Page<SessionSummary>([.. rows.Where(r => r.LastSeenAt + TokenReader.SessionIdle > now)
            .Select(r => new SessionSummary(r.Id, r.UserName, r.CreatedAt, r.LastSeenAt, r.ExpiresAt,
                r.Address,
                r.Id == Caller.Of(context)!.Id))], null));
    }

    private static async Task<IResult> EndAsync(
        string id, HttpContext context, SessionStore sessions, TokenReader tokens, Audit audit,
        CancellationToken cancellation)
    {
        Caller caller = Caller.Of(context)!;
        SessionRow? session = await sessions.FindAsync(id, cancellation);
        bool mayEnd = session is not null && (caller.May(Scopes.Admin)
            || (caller.Kind == TokenKind.Session && session.UserName == caller.Name));
        if (!mayEnd)
        {
            return Problems.NotFound($"session {id}");
        }
        await sessions.DeleteAsync(id, cancellation);
        tokens.Forget();
        await audit.AddAsync(context, "session.end", id, session!.UserName, cancellation);
        return Results.NoContent();
    }
}
