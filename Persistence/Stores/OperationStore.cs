using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence.Stores;

/// <summary>Keeps operations for 30 days.</summary>
public sealed class OperationStore(DataFolder folder)
{
    private const int KeptDays = 30;

    public async Task AddAsync(OperationRow row, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        DateTimeOffset oldest = row.StartedAt.AddDays(-KeptDays);
        await context.Operations.Where(o => o.StartedAt < oldest).ExecuteDeleteAsync(cancellation);
        context.Operations.Add(row);
        await context.SaveChangesAsync(cancellation);
    }

    public async Task UpdateAsync(OperationRow row, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        context.Operations.Update(row);
        await context.SaveChangesAsync(cancellation);
    }

    public async Task<OperationRow?> FindAsync(string id, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Operations.AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, cancellation);
    }

    /// <summary>Operations that a killed process left running.</summary>
    public async Task<IReadOnlyList<OperationRow>> InStateAsync(string state, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Operations.AsNoTracking().Where(o => o.State == state).ToListAsync(cancellation);
    }
}
