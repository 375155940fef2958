using ControlApi.Contract.Security;
using Microsoft.AspNetCore.Identity;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Security;

/// <summary>Turns a password or a one-time link into a session.</summary>
public sealed class SignIn(SessionStore sessions, UserManager<User> users, TimeProvider clock)
{
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromMinutes(15);

    /// <summary>The user whose password this is, or null; counts failures towards a lockout.</summary>
    public async Task<User?> CheckPasswordAsync(SignInRequest request)
    {
        User? user = await users.FindByNameAsync(request.User);
        if (user is null || user.PasswordHash is null || await users.IsLockedOutAsync(user))
        {
            return null;
        }
        bool good = await users.CheckPasswordAsync(user, request.Password)
            && (!user.TwoFactorEnabled || await users.VerifyTwoFactorTokenAsync(
                user, TokenOptions.DefaultAuthenticatorProvider, request.Code ?? ""));
        if (!good)
        {
            await users.AccessFailedAsync(user);
            return null;
        }
        await users.ResetAccessFailedCountAsync(user);
        return user;
    }

    /// <summary>
    /// The user of a link's token, which is spent by this; null when it is unknown, old or was used.
    /// </summary>
    public async Task<User?> SpendLinkAsync(string token, CancellationToken cancellation)
    {
        string id = LinkId(token);
        return await sessions.SpendLinkAsync(id, clock.GetUtcNow(), cancellation)
            && await sessions.FindLinkAsync(id, cancellation) is { } link
            ? await users.FindByNameAsync(link.UserName) : null;
    }

    public async Task<SessionCreated> StartAsync(User user, string? address, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Token token = Token.Make(TokenKind.Session);
        DateTimeOffset expires = now + TokenReader.SessionLifetime;
        await sessions.AddAsync(new SessionRow
        {
            Id = token.Id,
            SecretHash = Token.Hash(token.Secret),
            UserName = user.UserName!,
            CreatedAt = now,
            LastSeenAt = now,
            ExpiresAt = expires,
            Address = address,
        }, cancellation);
        var caller =
            new Caller(TokenKind.Session, token.Id, user.UserName!, user.Role, Scopes.OfRole(user.Role),
            expires, user.PasswordHash is null);
        return new SessionCreated(token.Id, token.ToString(), expires, caller.ToMe());
    }

    /// <summary>Links are found by the hash of their token, so the table is no use to a thief.</summary>
    public static string LinkId(string token) => Convert.ToHexStringLower(Token.Hash(token));
}
