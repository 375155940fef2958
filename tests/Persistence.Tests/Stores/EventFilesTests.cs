using Microsoft.Data.Sqlite;
using Persistence.Stores;

namespace Persistence.Tests.Stores;

public sealed class EventFilesTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private readonly DataFolderOfTest _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void A_new_day_and_a_full_file_each_begin_another_file()
    {
        using var writer = new EventWriter(_data.Folder, _data.Lock, rowsPerFileMax: 2);

        writer.Append([.. Enumerable.Range(1, 5).Select(n => DataFolderOfTest.Row(n, Noon))]);
        writer.Append([DataFolderOfTest.Row(6, Noon.AddDays(1))]);

        Assert.Equal(["2026-11-20-01.db", "2026-11-20-02.db", "2026-11-20-03.db", "2026-11-21-01.db"],
            Names());
        Assert.Equal([6L, 5, 4, 3, 2, 1], Find(new NoticeSearch { Limit = 10 }));
    }

    [Fact]
    public void A_writer_that_starts_again_goes_on_behind_its_greatest_key()
    {
        using (var first = new EventWriter(_data.Folder, _data.Lock))
        {
            first.Append([DataFolderOfTest.Row(1, Noon), DataFolderOfTest.Row(2, Noon)]);
        }

        using var second = new EventWriter(_data.Folder, _data.Lock);
        Assert.Equal(2, second.Mark);
        second.Append([DataFolderOfTest.Row(2, Noon), DataFolderOfTest.Row(3, Noon)]);

        Assert.Equal([3L, 2, 1], Find(new NoticeSearch { Limit = 10 }));
        Assert.Single(Names());
    }

    [Fact]
    public void A_clock_that_goes_back_does_not_reopen_an_old_file()
    {
        using var writer = new EventWriter(_data.Folder, _data.Lock);

        writer.Append([DataFolderOfTest.Row(1, Noon), DataFolderOfTest.Row(2, Noon.AddDays(-3))]);

        Assert.Equal(["2026-11-20-01.db"], Names());
        Assert.Equal([2L, 1], Find(new NoticeSearch { Limit = 10 }));
    }

    [Fact]
    public void A_page_is_filled_across_files_and_goes_on_behind_its_cursor()
    {
        using var writer = new EventWriter(_data.Folder, _data.Lock, rowsPerFileMax: 3);
        writer.Append([.. Enumerable.Range(1, 10).Select(n => DataFolderOfTest.Row(n, Noon.AddMinutes(n)))]);

        Assert.Equal([10L, 9, 8, 7], Find(new NoticeSearch { Limit = 4 }));
        Assert.Equal([6L, 5, 4, 3], Find(new NoticeSearch { Limit = 4, Before = 7 }));
        Assert.Equal([4L, 3], Find(new NoticeSearch { Limit = 9, After = 2, Before = 5 }));
        Assert.Equal([5L, 4], Find(new NoticeSearch
        {
            Limit = 9,
            From = Microseconds.Of(Noon.AddMinutes(4)),
            To = Microseconds.Of(Noon.AddMinutes(5)),
        }));
    }

    [Fact]
    public void A_closed_file_gets_its_search_indexes_once_and_can_still_be_read()
    {
        using var writer = new EventWriter(_data.Folder, _data.Lock, rowsPerFileMax: 1);
        writer.Append([DataFolderOfTest.Row(1, Noon), DataFolderOfTest.Row(2, Noon)]);

        Assert.True(ClosedFiles.FinishOne(_data.Folder.Events));
        Assert.False(ClosedFiles.FinishOne(_data.Folder.Events));

        EventFile closed = EventFile.All(_data.Folder.Events)[0];
        using SqliteConnection connection = SqliteFile.OpenReader(closed.Path);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText =
            "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name LIKE 'notices%'";
        Assert.Equal(5L, command.ExecuteScalar());
        Assert.True(File.GetAttributes(closed.Path).HasFlag(FileAttributes.ReadOnly));
        Assert.Equal([2L, 1], Find(new NoticeSearch { Limit = 10 }));
    }

    [Fact]
    public void A_half_made_file_of_a_killed_process_is_made_again()
    {
        Directory.CreateDirectory(_data.Folder.Events);
        File.WriteAllText(Path.Combine(_data.Folder.Events, "2026-11-20-01.db.new"), "half");

        using var writer = new EventWriter(_data.Folder, _data.Lock);
        writer.Append([DataFolderOfTest.Row(1, Noon)]);

        Assert.Equal([1L], Find(new NoticeSearch { Limit = 10 }));
    }

    [Fact]
    public void One_notice_and_its_packet_are_found_by_number()
    {
        using var writer = new EventWriter(_data.Folder, _data.Lock);
        writer.Append([DataFolderOfTest.Row(1, Noon)]);
        var search = new EventSearch(_data.Folder);

        Assert.Equal("""{"seq":1}""", search.FindOne(1)!.Value.Document);
        Assert.Null(search.FindOne(2));
        Assert.Null(search.FindPacket(1));
    }

    private IEnumerable<string?> Names()
        => EventFile.All(_data.Folder.Events).Select(f => Path.GetFileName(f.Path));

    private IEnumerable<long> Find(NoticeSearch search)
        => new EventSearch(_data.Folder).Find(search,
            TestContext.Current.CancellationToken).Select(n => n.Seq);
}
