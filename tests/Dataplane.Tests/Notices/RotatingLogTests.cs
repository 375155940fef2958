using Dataplane.Notices;

namespace Dataplane.Tests.Notices;

public sealed class RotatingLogTests
{
    private static readonly byte[] Line = [.. Enumerable.Repeat((byte)'x', 999), (byte)'\n'];

    [Fact]
    public void A_log_is_put_aside_by_size_and_the_oldest_go_at_the_cap()
    {
        string folder = Directory.CreateTempSubdirectory("log-").FullName;
        using (RotatingLog log = new(folder, "eve.json", new LogLimits(40_000, 10_000, 86_400, 1_000)))
        {
            for (int i = 0; i < 100; i++)
            {
                log.Write(Line, i);
                log.Flush();
            }
        }

        string[] files = [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal)];
        Assert.Equal(4, files.Length);
        Assert.All(files.Where(f => !f.EndsWith("eve.json", StringComparison.Ordinal)),
            f => Assert.Equal(10_000, new FileInfo(f).Length));
        Assert.DoesNotContain(files,
            f => f.Contains("000010.json", StringComparison.Ordinal)); // the first to go
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_log_keeps_as_many_files_as_its_limit_says()
    {
        string folder = Directory.CreateTempSubdirectory("log-").FullName;
        File.WriteAllText(Path.Combine(folder, "other-1.json"), "another log's");
        using (RotatingLog log = new(folder, "eve.json", new LogLimits(1 << 30, 5_000, 86_400, 3)))
        {
            for (int i = 0; i < 50; i++)
            {
                log.Write(Line, i);
                log.Flush();
            }
        }

        Assert.Equal(3, Directory.GetFiles(folder, "eve*").Length);
        Assert.True(File.Exists(Path.Combine(folder, "other-1.json")));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_log_is_put_aside_by_age_and_loses_no_line()
    {
        string folder = Directory.CreateTempSubdirectory("log-").FullName;
        using (RotatingLog log = new(folder, "eve.json", new LogLimits(1 << 30, 1 << 20, 60, 1_000)))
        {
            log.Write(Line, 0);
            log.Flush();
            log.Write(Line, 61_000_000);
            log.Write(Line, 61_000_001);
        }

        Assert.Equal(2, Directory.GetFiles(folder).Length);
        Assert.Equal(3, Directory.GetFiles(folder).Sum(f => File.ReadAllLines(f).Length));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_full_disk_is_survived_and_every_lost_line_counted()
    {
        using SmallDisk disk = SmallDisk.OfKilobytes(64);
        string ballast = Path.Combine(disk.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[56 * 1024]);
        using RotatingLog log = new(disk.Path, "eve.json", new LogLimits(1 << 30, 1 << 20, 60, 1_000));

        for (int i = 0; i < 20; i++)
        {
            log.Write(Line, i);
            log.Flush();
        }
        Assert.True(log.IsFull);
        File.Delete(ballast);
        log.Write(Line, 2_000_000);
        log.Flush();

        Assert.False(log.IsFull);
        Assert.Equal(21, (int)log.LostLines + File.ReadAllLines(Path.Combine(disk.Path, "eve.json")).Length);
        Assert.InRange(log.LostLines, 1u, 20u);
    }
}
