using Dataplane.Control;
using Dataplane.Tests.Notices;

namespace Dataplane.Tests.Control;

public sealed class ProcessEndsTests : IDisposable
{
    private const long SecondUs = 1_000_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("ends-").FullName;

    [Fact]
    public void An_NF_that_ended_the_process_three_times_in_a_minute_is_suspended()
    {
        Assert.Empty(End(["ids"], atSecond: 100));
        Assert.Empty(End(["ids", "dpi"], atSecond: 110));
        Assert.Equal(["ids"], End(["ids"], atSecond: 130));
        Assert.Empty(Begin(atSecond: 171));
    }

    [Fact]
    public void Ends_far_apart_suspend_nothing()
    {
        for (int second = 0; second < 200; second += 40)
        {
            Assert.Empty(End(["ids"], second));
        }
    }

    [Theory]
    [InlineData("139", true)]
    [InlineData("134", true)]
    [InlineData("137", false)]
    [InlineData("143", false)]
    public void Only_a_death_of_its_own_counts_not_one_that_was_sent(string status, bool counts)
    {
        File.WriteAllText(Path.Combine(_folder, "dataplane.exit"), status + "\n");
        IReadOnlyList<string> suspended = [];
        for (int second = 0; second < 3; second++)
        {
            suspended = ProcessEnds.Note(_folder, false, hasReason: false, ["ids"], second * SecondUs);
        }
        Assert.Equal(counts, suspended.Contains("ids"));
    }

    [Fact]
    public void A_full_disk_does_not_stop_the_start()
    {
        using SmallDisk disk = SmallDisk.OfKilobytes(64);
        Fill(disk.Path);
        for (int second = 0; second < 3; second++)
        {
            Assert.Empty(ProcessEnds.Note(disk.Path, false, hasReason: true, ["ids"], second * SecondUs));
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Fill(string folder)
    {
        using FileStream file = new(
            Path.Combine(folder, "filler"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        Assert.Throws<IOException>(() =>
        {
            for (int kilobyte = 0; kilobyte < 128; kilobyte++)
            {
                file.Write(new byte[1_024]);
            }
        });
    }

    private IReadOnlyList<string> End(IReadOnlyList<string> inside, int atSecond) =>
        ProcessEnds.Note(_folder, wasInOrder: false, hasReason: true, inside, atSecond * SecondUs);

    private IReadOnlyList<string> Begin(int atSecond) =>
        ProcessEnds.Note(_folder, wasInOrder: true, hasReason: false, [], atSecond * SecondUs);
}
