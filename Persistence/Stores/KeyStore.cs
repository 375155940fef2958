using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence.Stores;

/// <summary>REST keys.</summary>
public sealed class KeyStore(DataFolder folder)
{
    public async Task<KeyRow?> FindAsync(string id, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Keys.AsNoTracking().FirstOrDefaultAsync(k => k.Id == id, cancellation);
    }

    public async Task AddAsync(KeyRow row, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        context.Keys.Add(row);
        await context.SaveChangesAsync(cancellation);
    }

    public async Task UsedAsync(string id, DateTimeOffset now, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        await context.Keys.Where(k => k.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(k => k.LastUsedAt, now), cancellation);
    }

    public async Task<IReadOnlyList<KeyRow>> ListAsync(CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Keys.AsNoTracking().OrderBy(k => k.CreatedAt).ToListAsync(cancellation);
    }

    public async Task<bool> DeleteAsync(string id, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Keys.Where(k => k.Id == id).ExecuteDeleteAsync(cancellation) > 0;
    }
}
