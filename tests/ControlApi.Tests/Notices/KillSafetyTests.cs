using ControlApi.Contract.Notices;
using ControlApi.Notices;
using ControlApi.Tests.Harness;
using Dataplane.Contract.Shared;
using Microsoft.Data.Sqlite;
using Persistence;
using Persistence.Stores;

namespace ControlApi.Tests.Notices;

public sealed class KillSafetyTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly DataFolder _data;
    private readonly DataLock _lock;

    public KillSafetyTests()
    {
        _data = new DataFolder(_folder.Data);
        _lock = DataLock.TryTake(_folder.Data)!;
        ControlApiProcess.MakeSchemas(_data, _lock);
    }

    public void Dispose()
    {
        _lock.Dispose();
        SqliteConnection.ClearAllPools();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_kill_between_the_two_databases_loses_and_counts_twice_nothing()
    {
        using (var spool = new TestSpool(_folder.Spool))
        {
            for (int i = 0; i < 10; i++)
            {
                spool.Alert();
            }
        }
        List<ArrivedNotice> batch = Read(0);
        using (var events = new EventWriter(_data, _lock))
        {
            events.Append([.. batch.Take(7).Select(n => n.ToRow())]); // killed before triage.db was written
        }

        using (var storage = new NoticeStorage(_data, _lock))
        {
            Assert.Equal(0ul, storage.StoredThrough);
            IReadOnlyList<ArrivedNotice> fresh =
                storage.Store(Read(storage.StoredThrough), isDiskScarce: false);
            Assert.Equal([8ul, 9ul, 10ul], fresh.Select(n => n.Notice.Seq));
            Assert.Equal(10ul, storage.StoredThrough);
        }

        Assert.Equal(Enumerable.Range(1, 10).Reverse().Select(n => (long)n), Stored());
        var group = (await new TriageStore(_data).GroupsAsync(
            [NoticeFields.GroupId(batch[0].Notice)], TestContext.Current.CancellationToken)).Values.Single();
        Assert.Equal(10, group.Count);
    }

    [Fact]
    public void Feeding_the_same_batch_again_changes_nothing()
    {
        using (var spool = new TestSpool(_folder.Spool))
        {
            spool.Alert();
            spool.Alert();
        }
        using var storage = new NoticeStorage(_data, _lock);
        storage.Store(Read(0), isDiskScarce: false);

        Assert.Empty(storage.Store(Read(0), isDiskScarce: false));

        Assert.Equal([2L, 1L], Stored());
    }

    [Fact]
    public void A_batch_that_crosses_midnight_goes_into_two_files_and_is_found_in_order()
    {
        using (var spool = new TestSpool(_folder.Spool))
        {
            spool.Time = new DateTimeOffset(2026, 11, 20, 23, 59, 59, TimeSpan.Zero);
            spool.Alert();
            spool.Time = new DateTimeOffset(2026, 11, 21, 0, 0, 1, TimeSpan.Zero);
            spool.Alert();
        }
        using var storage = new NoticeStorage(_data, _lock);

        storage.Store(Read(0), isDiskScarce: false);

        Assert.Equal(["2026-11-20-01.db", "2026-11-21-01.db"],
            EventFile.All(_data.Events).Select(f => Path.GetFileName(f.Path)));
        Assert.Equal([2L, 1L], Stored());
    }

    [Fact]
    public void Without_room_notices_for_information_are_left_out_and_the_position_still_moves()
    {
        using (var spool = new TestSpool(_folder.Spool))
        {
            spool.Alert();
            spool.Notice(SampleCatalog.Detected, 4);
        }
        using var storage = new NoticeStorage(_data, _lock);

        storage.Store(Read(0), isDiskScarce: true);

        Assert.Equal([1L], Stored());
    }

    [Fact]
    public async Task An_archived_group_returns_to_the_inbox_with_its_next_alert()
    {
        using var spool = new TestSpool(_folder.Spool);
        spool.Alert();
        using var storage = new NoticeStorage(_data, _lock);
        storage.Store(Read(0), isDiskScarce: false);
        string group = NoticeFields.GroupId(Read(0)[0].Notice);
        var triage = new TriageStore(_data);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await triage.SetStateAsync([group], "archived", cancellation);

        spool.Alert();
        storage.Store(Read(1), isDiskScarce: false);

        Assert.Equal("inbox", (await triage.GroupsAsync([group], cancellation))[group].State);
    }

    private List<ArrivedNotice> Read(ulong after)
    {
        var catalog = new SpoolCatalog(SampleCatalog.Catalog);
        var notices = new List<ArrivedNotice>();
        using var reader = new SpoolReader(_folder.Spool, after);
        while (reader.TryRead(out SpoolRecord record))
        {
            Notice notice = NoticeRenderer.Render(record, catalog);
            bool isAlert = catalog.IsAlert(catalog.Find(record.Header.Type), notice.Type);
            notices.Add(new ArrivedNotice(notice, NoticeJson.Write(notice), isAlert, null));
        }
        return notices;
    }

    private IEnumerable<long> Stored() => new EventSearch(_data)
        .Find(new NoticeSearch { Limit = 1_000 }, TestContext.Current.CancellationToken).Select(n => n.Seq);
}
