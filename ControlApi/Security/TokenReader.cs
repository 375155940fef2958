using System.Collections.Concurrent;
using ControlApi.Contract.Security;
using Persistence.Rows;
using Persistence.Stores;

namespace ControlApi.Security;

/// <summary>Finds out whose a token is. Only hits are remembered, and only for a moment.</summary>
public sealed class TokenReader(UserStore users, SessionStore sessions, KeyStore keys, TimeProvider clock)
{
    public static readonly TimeSpan SessionLifetime = TimeSpan.FromHours(12);
    public static readonly TimeSpan SessionIdle = TimeSpan.FromMinutes(30);

    private const int RememberedMax = 4_096;
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    /// <summary>How exactly the time of last use is kept.</summary>
    private static readonly TimeSpan SeenGrain = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> _hits = new();

    public async Task<Caller?> FindAsync(string? text, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (!Token.TryParse(text, out Token token))
        {
            return null;
        }
        string remembered = token.ToString();
        if (_hits.TryGetValue(remembered, out var hit) && hit.Until > now)
        {
            return hit.Caller;
        }
        Caller? caller = token.Kind == TokenKind.Session
            ? await FindSessionAsync(token, now, cancellation)
            : await FindKeyAsync(token, now, cancellation);
        if (caller is not null)
        {
            if (_hits.Count >= RememberedMax)
            {
                _hits.Clear();
            }
            _hits[remembered] = (caller, now + Remembered);
        }
        return caller;
    }

    /// <summary>Whether a session or key that was good is good still; for streams that stay open.</summary>
    public async Task<bool> IsGoodAsync(Caller caller, CancellationToken cancellation)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (caller.Kind == TokenKind.Key)
        {
            return await keys.FindAsync(caller.Id, cancellation) is { } key && !(key.ExpiresAt <= now);
        }
        return await sessions.FindAsync(caller.Id, cancellation) is { } session && session.ExpiresAt > now;
    }

    /// <summary>Forgets what was remembered, after something was revoked.</summary>
    public void Forget() => _hits.Clear();

    private async Task<Caller?> FindSessionAsync(Token token, DateTimeOffset now,
        CancellationToken cancellation)
    {
        SessionRow? row = await sessions.FindAsync(token.Id, cancellation);
        if (row is null || !token.IsMatch(row.SecretHash) || row.ExpiresAt <= now
            || row.LastSeenAt + SessionIdle <= now)
        {
            return null;
        }
        if (await users.FindAsync(row.UserName, cancellation) is not { } user)
        {
            return null;
        }
        if (now - row.LastSeenAt >= SeenGrain)
        {
            await sessions.SeenAsync(row.Id, now, cancellation);
        }
        return new Caller(TokenKind.Session, row.Id, row.UserName, user.Role, Scopes.OfRole(user.Role),
            row.ExpiresAt,
            user.PasswordHash is null);
    }

    private async Task<Caller?> FindKeyAsync(Token token, DateTimeOffset now, CancellationToken cancellation)
    {
        KeyRow? row = await keys.FindAsync(token.Id, cancellation);
        if (row is null || !token.IsMatch(row.SecretHash) || row.ExpiresAt <= now)
        {
            return null;
        }
        if (row.LastUsedAt is null || now - row.LastUsedAt >= SeenGrain)
        {
            await keys.UsedAsync(row.Id, now, cancellation);
        }
        string[] scopes = row.Scopes.Split(',');
        return new Caller(TokenKind.Key, row.Id, row.Name, null, scopes, row.ExpiresAt, false);
    }
}
