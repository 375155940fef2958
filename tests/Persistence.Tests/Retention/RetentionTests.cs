using Persistence.Retention;
using Persistence.Stores;

namespace Persistence.Tests.Retention;

public sealed class RetentionTests : IDisposable
{
    private const long Mebibyte = 1024 * 1024;
    private static readonly DateOnly Today = new(2026, 11, 24);
    private static readonly DiskSpace Roomy = new(900 * Mebibyte * 1024, 1_000 * Mebibyte * 1024);
    private readonly DataFolderOfTest _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Files_older_than_the_limit_go()
        => Assert.Equal([0, 1], Deleted(Plan(Roomy, new RetentionLimits { Days = 2 },
            (Today.AddDays(-4), 1), (Today.AddDays(-3), 1), (Today.AddDays(-2), 1), (Today, 1))));

    [Fact]
    public void The_oldest_go_until_the_rest_fits_the_limit_of_bytes()
        => Assert.Equal([0, 1], Deleted(Plan(Roomy, new RetentionLimits { Bytes = 25 },
            (Today.AddDays(-3), 10), (Today.AddDays(-2), 10), (Today.AddDays(-1), 10), (Today, 10))));

    [Fact]
    public void The_oldest_go_until_enough_of_the_disk_is_free()
    {
        var disk = new DiskSpace(Free: 80 * Mebibyte, Total: 1_000 * Mebibyte);
        var limits = new RetentionLimits { FreeBytes = 0 };

        Assert.Equal([0, 1], Deleted(Plan(disk, limits, (Today.AddDays(-3), 10 * Mebibyte),
            (Today.AddDays(-2), 10 * Mebibyte), (Today.AddDays(-1), 10 * Mebibyte), (Today, Mebibyte))));
    }

    [Fact]
    public void The_open_file_is_never_deleted_but_ended_when_it_alone_breaks_a_limit()
    {
        RetentionPlan plan = Plan(Roomy, new RetentionLimits { Bytes = 5 }, (Today, 10));

        Assert.Empty(plan.Delete);
        Assert.True(plan.EndOpenFile);
    }

    [Fact]
    public void Within_all_limits_nothing_happens()
    {
        RetentionPlan plan = Plan(Roomy, new RetentionLimits(), (Today.AddDays(-1), 10), (Today, 10));

        Assert.Empty(plan.Delete);
        Assert.False(plan.EndOpenFile);
    }

    [Fact]
    public void A_deleted_file_is_gone_with_all_its_companions_while_the_rest_is_found()
    {
        using var writer = new EventWriter(_data.Folder, _data.Lock);
        DateTimeOffset old = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);
        writer.Append([DataFolderOfTest.Row(1, old), DataFolderOfTest.Row(2, old.AddDays(20))]);

        RetentionPlan plan = RetentionPlan.Make(EventRetention.Measure(_data.Folder.Events),
            new RetentionLimits { Days = 10 }, Roomy, Today);
        Assert.Equal(1, EventRetention.Apply(plan));

        Assert.DoesNotContain(Directory.GetFiles(_data.Folder.Events),
            f => f.Contains("2026-11-01", StringComparison.Ordinal));
        StoredNotice kept = Assert.Single(new EventSearch(_data.Folder).Find(
            new NoticeSearch { Limit = 10 }, TestContext.Current.CancellationToken));
        Assert.Equal(2, kept.Seq);
    }

    private static RetentionPlan Plan(DiskSpace disk, RetentionLimits limits,
        params (DateOnly Day, long Bytes)[] files)
        => RetentionPlan.Make(
            [.. files.Select((f, i) => new StoredFile(new EventFile($"{i}", f.Day, 1), f.Bytes))],
            limits, disk, Today);

    private static IEnumerable<int> Deleted(RetentionPlan plan)
        => plan.Delete.Select(f => int.Parse(f.File.Path, System.Globalization.CultureInfo.InvariantCulture));
}
