using Microsoft.EntityFrameworkCore;
using Persistence.Rows;
using Persistence.Stores;

namespace Persistence.Tests;

public sealed class SchemaTests : IDisposable
{
    private readonly DataFolderOfTest _data = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _data.Dispose();

    [Fact]
    public void No_model_differs_from_its_committed_migrations()
    {
        using ConfigDb config = _data.Folder.OpenConfig();
        using TriageDb triage = _data.Folder.OpenTriage();
        using EventsDb events = DataFolder.OpenEvents(Path.Combine(_data.Folder.Path, "events.db"));

        Assert.False(config.Database.HasPendingModelChanges());
        Assert.False(triage.Database.HasPendingModelChanges());
        Assert.False(events.Database.HasPendingModelChanges());
    }

    [Fact]
    public void A_migration_lock_that_a_killed_process_left_does_not_stop_the_next()
    {
        using ConfigDb context = _data.Folder.OpenConfig();
        context.Database.ExecuteSqlRaw(
            "CREATE TABLE \"__EFMigrationsLock\" (\"Id\" INTEGER PRIMARY KEY, \"Timestamp\" TEXT NOT NULL)");
        context.Database.ExecuteSqlRaw("INSERT INTO \"__EFMigrationsLock\" VALUES (1, '2026-01-01')");

        Schema.Migrate(context, _data.Lock);

        Assert.True(Schema.IsCurrent(context));
    }

    [Fact]
    public void The_lock_is_held_by_one_and_free_again_afterwards()
    {
        Assert.Null(DataLock.TryTake(_data.Folder.Path));

        _data.Lock.Dispose();

        using DataLock? next = DataLock.TryTake(_data.Folder.Path);
        Assert.NotNull(next);
    }

    [Fact]
    public void Connections_to_config_db_wait_for_the_disk()
    {
        using ConfigDb context = _data.Folder.OpenConfig();
        Schema.Migrate(context, _data.Lock);

        Assert.Equal([2L], context.Database.SqlQueryRaw<long>(
            "SELECT synchronous AS Value FROM pragma_synchronous").ToList());
        Assert.Equal(["wal"],
            context.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode")
            .ToList());
    }

    [Fact]
    public async Task Revisions_are_numbered_and_exactly_one_is_active()
    {
        await using (ConfigDb context = _data.Folder.OpenConfig())
        {
            Schema.Migrate(context, _data.Lock);
        }
        var revisions = new RevisionStore(_data.Folder);
        for (int i = 0; i < 3; i++)
        {
            RevisionRow row = await revisions.AddAsync(Row, Cancellation);
            await revisions.ActivateAsync(row.Number, Cancellation);
        }

        IReadOnlyList<RevisionRow> all = await revisions.ListAsync(null, 10, Cancellation);

        Assert.Equal([3u, 2, 1], all.Select(r => r.Number));
        Assert.Equal([RevisionRow.Active, RevisionRow.Superseded, RevisionRow.Superseded],
            all.Select(r => r.Result));
        Assert.Equal(3u, (await revisions.ActiveAsync(Cancellation))!.Number);
    }

    [Fact]
    public async Task Of_many_who_spend_one_link_at_once_one_gets_it()
    {
        await using (ConfigDb context = _data.Folder.OpenConfig())
        {
            Schema.Migrate(context, _data.Lock);
        }
        var sessions = new SessionStore(_data.Folder);
        DateTimeOffset now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);
        await sessions.AddLinkAsync(
            new LinkRow { Id = "x", UserName = "admin", ExpiresAt = now.AddMinutes(15) }, Cancellation);

        bool[] spent = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => sessions.SpendLinkAsync("x", now, Cancellation)));

        Assert.Single(spent, s => s);
        Assert.False(await sessions.SpendLinkAsync("x", now.AddHours(1), Cancellation));
    }

    private static RevisionRow Row(uint number) => new()
    {
        Number = number,
        Document = "{}",
        RuleFiles = "{}",
        BaseDirectory = "/",
        Author = "test",
        Note = "",
        Time = DateTimeOffset.UnixEpoch,
        Result = RevisionRow.Pending,
    };
}
