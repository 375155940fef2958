using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence.Stores;

/// <summary>Keeps every revision; exactly one of them is active once one was applied.</summary>
public sealed class RevisionStore(DataFolder folder)
{
    /// <summary>Saves a revision under the next number, as pending.</summary>
    public async Task<RevisionRow> AddAsync(Func<uint, RevisionRow> make, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
        uint last = await context.Revisions.MaxAsync(r => (uint?)r.Number, cancellation) ?? 0;
        RevisionRow row = make(last + 1);
        context.Revisions.Add(row);
        await context.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return row;
    }

    public async Task<RevisionRow?> ActiveAsync(CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Revisions.AsNoTracking().OrderByDescending(r => r.Number)
            .FirstOrDefaultAsync(r => r.Result == RevisionRow.Active, cancellation);
    }

    public async Task<RevisionRow?> FindAsync(uint number, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Revisions.AsNoTracking()
            .FirstOrDefaultAsync(r => r.Number == number, cancellation);
    }

    /// <summary>Newest first, those before the cursor only.</summary>
    public async Task<IReadOnlyList<RevisionRow>> ListAsync(
        uint? before, int limit, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        return await context.Revisions.AsNoTracking().Where(r => before == null || r.Number < before)
            .OrderByDescending(r => r.Number).Take(limit).ToListAsync(cancellation);
    }

    public async Task ActivateAsync(uint number, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellation);
        await context.Revisions.Where(r => r.Result == RevisionRow.Active && r.Number != number)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Result, RevisionRow.Superseded), cancellation);
        await context.Revisions.Where(r => r.Number == number)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Result, RevisionRow.Active)
                .SetProperty(r => r.Cause, (string?)null), cancellation);
        await transaction.CommitAsync(cancellation);
    }

    public async Task FailAsync(uint number, string cause, CancellationToken cancellation)
    {
        await using ConfigDb context = folder.OpenConfig();
        await context.Revisions.Where(r => r.Number == number)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.Result, RevisionRow.Failed)
                .SetProperty(r => r.Cause, cause), cancellation);
    }
}
