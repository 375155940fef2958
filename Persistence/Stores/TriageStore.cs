using Microsoft.EntityFrameworkCore;
using Persistence.Rows;

namespace Persistence.Stores;

/// <summary>States and notes of alert groups.</summary>
public sealed class TriageStore(DataFolder folder)
{
    public async Task<IReadOnlyDictionary<string, AlertGroupRow>> GroupsAsync(
        IReadOnlyCollection<string> ids, CancellationToken cancellation)
    {
        await using TriageDb context = folder.OpenTriage();
        return await context.Groups.AsNoTracking().Where(g => ids.Contains(g.Id))
            .ToDictionaryAsync(g => g.Id, cancellation);
    }

    public async Task<ILookup<string, TriageNoteRow>> NotesAsync(
        IReadOnlyCollection<string> groupIds, CancellationToken cancellation)
    {
        await using TriageDb context = folder.OpenTriage();
        List<TriageNoteRow> notes =
            await context.Notes.AsNoTracking().Where(n => groupIds.Contains(n.GroupId))
            .OrderBy(n => n.Id).ToListAsync(cancellation);
        return notes.ToLookup(n => n.GroupId);
    }

    /// <returns>How many groups there were.</returns>
    public async Task<int> SetStateAsync(
        IReadOnlyCollection<string> groupIds, string state, CancellationToken cancellation)
    {
        await using TriageDb context = folder.OpenTriage();
        return await context.Groups.Where(g => groupIds.Contains(g.Id))
            .ExecuteUpdateAsync(set => set.SetProperty(g => g.State, state), cancellation);
    }

    public async Task AddNotesAsync(
        IReadOnlyCollection<string> groupIds, string author, string text, DateTimeOffset now,
        CancellationToken cancellation)
    {
        await using TriageDb context = folder.OpenTriage();
        context.Notes.AddRange(groupIds.Select(id => new TriageNoteRow
        {
            GroupId = id,
            Author = author,
            Text = text,
            Time = now,
        }));
        await context.SaveChangesAsync(cancellation);
    }
}
