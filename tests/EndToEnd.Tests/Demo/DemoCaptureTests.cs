using Testing;
using Testing.Demo;

namespace EndToEnd.Tests.Demo;

/// <summary>The committed captures are what the generator makes; APPLIANCE_WRITE_DEMO=1 writes them
/// anew.</summary>
public sealed class DemoCaptureTests
{
    private const long AllBytesMax = 2_000_000;

    private static readonly string Folder = RepositoryTree.At("installer", "demo");

    public static TheoryData<string> FileNames => [.. DemoCaptures.All().Select(capture => capture.FileName)];

    [Theory]
    [MemberData(nameof(FileNames))]
    public void A_committed_capture_equals_what_the_generator_makes(string fileName)
    {
        DemoCapture capture = DemoCaptures.All().Single(c => c.FileName == fileName);
        byte[] made = PcapFile.Bytes(capture.Frames);
        string path = Path.Combine(Folder, fileName);
        if (Environment.GetEnvironmentVariable("APPLIANCE_WRITE_DEMO") == "1")
        {
            File.WriteAllBytes(path, made);
        }
        Assert.True(made.AsSpan().SequenceEqual(File.ReadAllBytes(path)),
            $"{path} is not what the generator makes.");
    }

    [Fact]
    public void No_other_capture_lies_in_the_folder_and_all_are_small()
    {
        FileInfo[] files = new DirectoryInfo(Folder).GetFiles("*.pcap");
        Assert.Equal(
            DemoCaptures.All().Select(capture => capture.FileName).Order(StringComparer.Ordinal),
            files.Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.True(files.Sum(file => file.Length) < AllBytesMax);
    }

    [Fact]
    public void A_whole_loop_takes_about_half_a_minute_and_shows_an_attack_within_its_first_seconds()
    {
        double[] seconds =
        [
            .. DemoCaptures.All().Select(c => (c.Frames[^1].TimestampNs - c.Frames[0].TimestampNs) / 1e9),
        ];
        Assert.InRange(seconds.Sum(), 15, 30);
        Assert.True(seconds[0] < 4, "The first attack comes after the first capture.");
    }
}
