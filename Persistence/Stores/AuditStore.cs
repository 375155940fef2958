using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence.Stores;

/// <summary>The log of what people and keys did. Append-only.</summary>
public sealed class AuditStore(DataFolder folder)
{
    public async Task AddAsync(AuditRow row, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        context.Audit.Add(row);
        await context.SaveChangesAsync(cancellation);
    }

    /// <summary>Newest first, those before the cursor only.</summary>
    public async Task<IReadOnlyList<AuditRow>> ListAsync(
        long? before, int limit, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Audit.AsNoTracking().Where(a => before == null || a.Id < before)
            .OrderByDescending(a => a.Id).Take(limit).ToListAsync(cancellation);
    }
}
