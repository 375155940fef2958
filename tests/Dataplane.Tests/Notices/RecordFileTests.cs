using Dataplane.Notices;

namespace Dataplane.Tests.Notices;

public sealed class RecordFileTests
{
    [Fact]
    public void Lines_are_in_the_file_after_a_flush_and_appending_goes_on_behind_them()
    {
        string path = Path.GetTempFileName();
        using (RecordFile file = RecordFile.Create(path))
        {
            file.Write("one\n"u8);
        }
        using (RecordFile file = RecordFile.OpenOrCreate(path))
        {
            file.Write("two\n"u8);
            Assert.True(file.Flush());
            Assert.Equal(8, file.Length);
            Assert.Equal("one\ntwo\n", File.ReadAllText(path));
        }
        File.Delete(path);
    }

    [Theory]
    [InlineData("whole\ntorn", "whole\n")]
    [InlineData("torn", "")]
    [InlineData("", "")]
    [InlineData("whole\n", "whole\n")]
    public void A_torn_last_line_is_cut_off(string before, string kept)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, before);

        using (RecordFile file = RecordFile.OpenOrCreate(path))
        {
            file.Write("new\n"u8);
        }

        Assert.Equal(kept + "new\n", File.ReadAllText(path));
        File.Delete(path);
    }

    [Fact]
    public void On_a_full_disk_lines_are_lost_whole_and_counted_and_writing_goes_on_when_there_is_room()
    {
        using SmallDisk disk = SmallDisk.OfKilobytes(64);
        string path = Path.Combine(disk.Path, "eve.json");
        string ballast = Path.Combine(disk.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[40 * 1024]);
        using RecordFile file = RecordFile.Create(path);
        byte[] line = [.. Enumerable.Repeat((byte)'x', 999), (byte)'\n'];

        for (int i = 0; i < 60; i++)
        {
            file.Write(line);
            file.Flush();
        }
        Assert.True(file.IsFull);
        Assert.InRange(file.LostLines, 30u, 59u);
        File.Delete(ballast);
        file.Write(line);

        Assert.True(file.Flush());
        Assert.Equal(61u, file.Lines + file.LostLines);
        Assert.Equal((long)file.Lines * line.Length, new FileInfo(path).Length);
        Assert.All(File.ReadAllLines(path), text => Assert.Equal(999, text.Length));
    }
}
