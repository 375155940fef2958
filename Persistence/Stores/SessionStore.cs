using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence.Stores;

/// <summary>Sessions, keys and one-time links, by id; secrets are compared by their caller.</summary>
public sealed class SessionStore(DataFolder folder)
{
    public async Task<SessionRow?> FindAsync(string id, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Sessions.AsNoTracking().FirstOrDefaultAsync(s => s.Id == id, cancellation);
    }

    public async Task AddAsync(SessionRow row, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        await context.Sessions.Where(s => s.ExpiresAt < row.CreatedAt).ExecuteDeleteAsync(cancellation);
        context.Sessions.Add(row);
        await context.SaveChangesAsync(cancellation);
    }

    public async Task SeenAsync(string id, DateTimeOffset now, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        await context.Sessions.Where(s => s.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastSeenAt, now), cancellation);
    }

    public async Task<IReadOnlyList<SessionRow>> ListAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Sessions.AsNoTracking().Where(s => s.ExpiresAt > now)
            .OrderBy(s => s.CreatedAt).ToListAsync(cancellation);
    }

    public async Task<bool> DeleteAsync(string id, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Sessions.Where(s => s.Id == id).ExecuteDeleteAsync(cancellation) > 0;
    }

    public async Task<int> DeleteOfUserAsync(string userName, string? exceptId,
        CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Sessions.Where(s => s.UserName == userName && s.Id != exceptId)
            .ExecuteDeleteAsync(cancellation);
    }

    public async Task AddLinkAsync(LinkRow row, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        context.Links.Add(row);
        await context.SaveChangesAsync(cancellation);
    }

    /// <summary>Spends a link by one conditional update: of two that try at once, one gets it.</summary>
    public async Task<bool> SpendLinkAsync(string id, DateTimeOffset now, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Links.Where(l => l.Id == id && l.UsedAt == null && l.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.UsedAt, now), cancellation) == 1;
    }

    public async Task<LinkRow?> FindLinkAsync(string id, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Links.AsNoTracking().FirstOrDefaultAsync(l => l.Id == id, cancellation);
    }
}
