using Dataplane.Notices;

namespace Dataplane.Tests.Notices;

public sealed class FullDiskTests
{
    [Fact]
    public void A_full_disk_costs_no_accepted_notice_and_recovery_announces_the_rest()
    {
        using SmallDisk disk = SmallDisk.OfKilobytes(256);
        using SpoolFolder folder = new(Directory.CreateDirectory(Path.Combine(disk.Path, "spool")).FullName);
        using NoticeSpool spool = folder.Open();
        string ballast = Path.Combine(disk.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[100 * 1024]);
        int accepted = 0;
        while (SpoolFolder.Append(spool, $"n{accepted + 1}", packetBytes: 1_000))
        {
            accepted++;
        }
        Assert.True(spool.IsFull);
        Assert.True(accepted > 50);

        File.Delete(ballast);
        Assert.False(SpoolFolder.Append(spool, "too soon"));
        spool.Tick(SpoolFolder.StartUs + 2_000_000);
        Assert.False(spool.IsFull);
        Assert.True(SpoolFolder.Append(spool, "again", SpoolFolder.StartUs + 2_000_001));

        List<(ulong Sequence, string Text)> all = folder.Read();
        Assert.Equal(accepted, all.Count(r => r.Text.StartsWith('n')));
        Assert.Equal(["full", "cap", "room"],
            all.Select(r => r.Text).Where(t => t is "full" or "cap" or "room"));
        Assert.Contains(all, r => r.Text.StartsWith("lost ", StringComparison.Ordinal));
        Assert.Equal("again", all[^1].Text);
        Assert.Equal(spool.LastSequence, all[^1].Sequence);
    }

    [Fact]
    public void A_disk_that_is_full_at_the_start_does_not_stop_the_start()
    {
        using SmallDisk disk = SmallDisk.OfKilobytes(128);
        using SpoolFolder folder = new(Directory.CreateDirectory(Path.Combine(disk.Path, "spool")).FullName);
        string ballast = Path.Combine(disk.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[100 * 1024]);

        using NoticeSpool spool = folder.Open();
        Assert.False(SpoolFolder.Append(spool, "lost"));
        Assert.True(spool.IsFull);

        File.Delete(ballast);
        spool.Tick(SpoolFolder.StartUs + 2_000_000);
        SpoolFolder.Append(spool, "kept", SpoolFolder.StartUs + 2_000_000);
        Assert.Equal([(2, "lost 1-1"), (3, "room"), (4, "kept")], folder.Read());
    }
}
