using ControlApi.Contract;
using ControlApi.Contract.Security;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Identity;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>/users: who may sign in.</summary>
public static class UserEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/users",
            ListAsync).Needs(Scopes.Admin).Produces<Page<UserSummary>>().WithSummary("All users.");
        routes.MapPost("/users",
            CreateAsync).Needs(Scopes.Admin).Produces<UserSummary>(StatusCodes.Status201Created)
            .Refuses(422).WithSummary("Adds a user.");
        routes.MapDelete("/users/{name}",
            DeleteAsync).Needs(Scopes.Admin).Produces(StatusCodes.Status204NoContent)
            .Refuses(404, 409).WithSummary("Removes a user and ends their sessions.");
    }

    private static async Task<IResult> ListAsync(UserStore store, CancellationToken cancellation)
        => Results.Ok(
            new Page<UserSummary>([.. (await store.ListAsync(cancellation)).Select(Summary)], null));

    private static async Task<IResult> CreateAsync(
        UserRequest request, HttpContext context, UserManager<User> users, Audit audit, TimeProvider clock,
        CancellationToken cancellation)
    {
        if (Scopes.OfRole(request.Role).Count == 0)
        {
            return Problems.Faults("The user was not added.", [new ConfigFault("/role", "unknown-role",
                $"There is no role {request.Role}.", "Use viewer, analyst, operator or administrator.")]);
        }
        var user = new User { UserName = request.Name, Role = request.Role, CreatedAt = clock.GetUtcNow() };
        IdentityResult result = await users.CreateAsync(user, request.Password);
        if (!result.Succeeded)
        {
            return Problems.Faults("The user was not added.", [.. result.Errors.Select(e => new ConfigFault(
                e.Code.StartsWith("Password", StringComparison.Ordinal)
                    ? "/password" : "/name", e.Code, e.Description))]);
        }
        await audit.AddAsync(context, "user.create", request.Name, request.Role, cancellation);
        return Results.Created($"{EndpointRules.Root}/users/{request.Name}", Summary(user));
    }

    private static async Task<IResult> DeleteAsync(
        string name, HttpContext context, UserManager<User> users, UserStore store, SessionStore sessions,
        TokenReader tokens, Audit audit, CancellationToken cancellation)
    {
        if (await users.FindByNameAsync(name) is not { } user)
        {
            return Problems.NotFound($"user {name}");
        }
        IReadOnlyList<User> all = await store.ListAsync(cancellation);
        if (user.Role == UserStore.Administrator && all.Count(u => u.Role == UserStore.Administrator) == 1)
        {
            return Problems.Result(StatusCodes.Status409Conflict, "last-administrator",
                $"{user.UserName} is the last administrator; make another first.");
        }
        await users.DeleteAsync(user);
        await sessions.DeleteOfUserAsync(user.UserName!, null, cancellation);
        tokens.Forget();
        await audit.AddAsync(context, "user.delete", user.UserName!, null, cancellation);
        return Results.NoContent();
    }

    private static UserSummary Summary(User user)
        => new(user.UserName!, user.Role, user.PasswordHash is not null, user.CreatedAt);
}
