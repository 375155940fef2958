using ControlApi.Contract.Security;
using ControlApi.Security;
using Dataplane.Contract.Configuration;
using Microsoft.AspNetCore.Identity;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>/me: who asks, and their own password.</summary>
public static class MeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/me", (HttpContext context) => Results.Ok(Caller.Of(context)!.ToMe())).Needs(null)
            .Produces<Me>().WithSummary("Who asks, and what they may do.");
        routes.MapPut("/me/password", SetPasswordAsync).Needs(null).Produces(StatusCodes.Status204NoContent)
            .Refuses(409, 422).WithSummary("Sets one's own password; ends one's other sessions.");
    }

    private static async Task<IResult> SetPasswordAsync(
        PasswordRequest request, HttpContext context, UserManager<User> users, SessionStore sessions,
        TokenReader tokens, Audit audit, CancellationToken cancellation)
    {
        Caller caller = Caller.Of(context)!;
        if (caller.Kind != TokenKind.Session || await users.FindByNameAsync(caller.Name) is not { } user)
        {
            return Problems.Result(StatusCodes.Status409Conflict, "no-password", "A key has no password.");
        }
        IdentityResult result = user.PasswordHash is null
            ? await users.AddPasswordAsync(user, request.NewPassword)
            : await users.ChangePasswordAsync(user, request.CurrentPassword ?? "", request.NewPassword);
        if (!result.Succeeded)
        {
            return Problems.Faults("The password was not set.", [.. result.Errors.Select(PasswordFault)]);
        }
        await sessions.DeleteOfUserAsync(caller.Name, caller.Id, cancellation);
        tokens.Forget();
        await audit.AddAsync(context, "user.password", caller.Name, null, cancellation);
        return Results.NoContent();
    }

    public static ConfigFault PasswordFault(IdentityError error)
        => new(error.Code == "PasswordMismatch" ? "/currentPassword" : "/newPassword", error.Code,
            error.Description);
}
