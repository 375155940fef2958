using Dataplane.Native.Memory;

namespace Dataplane.Tests.Native.Memory;

public sealed class SharedFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("shared-file-").FullName;

    [Fact]
    public void Two_mappings_of_one_file_see_each_other()
    {
        string path = Path.Combine(_folder, "segment");
        Assert.Equal(SharedFileOutcome.Done, SharedFile.TryCreate(path, 8192, out SharedFile? writer));
        Assert.Equal(SharedFileOutcome.Done, SharedFile.TryOpen(path, out SharedFile? reader));
        using (writer)
        using (reader)
        {
            writer!.Bytes(100, 3).Fill(9);
            writer.WriteUInt64(0, 4711);

            Assert.Equal(4711ul, reader!.ReadUInt64(0));
            Assert.Equal([9, 9, 9], reader.Bytes(100, 3).ToArray());
            Assert.Equal(SharedFileOutcome.Done, writer.Flush());
        }
    }

    [Fact]
    public void A_file_larger_than_the_disk_is_answered_and_leaves_nothing_behind()
    {
        string path = Path.Combine(_folder, "segment");
        long moreThanThereIs = new DriveInfo(_folder).AvailableFreeSpace + (1L << 40);

        SharedFileOutcome outcome = SharedFile.TryCreate(path, moreThanThereIs, out SharedFile? file);

        Assert.Null(file);
        Assert.NotEqual(SharedFileOutcome.Done, outcome);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_second_create_says_that_the_file_exists()
    {
        string path = Path.Combine(_folder, "segment");
        Assert.Equal(SharedFileOutcome.Done, SharedFile.TryCreate(path, 4096, out SharedFile? file));
        file!.Dispose();

        Assert.Equal(SharedFileOutcome.Exists, SharedFile.TryCreate(path, 4096, out _));
    }

    [Fact]
    public void A_missing_or_empty_file_is_missing()
    {
        string empty = Path.Combine(_folder, "empty");
        File.WriteAllBytes(empty, []);

        Assert.Equal(SharedFileOutcome.Missing, SharedFile.TryOpen(empty, out _));
        Assert.Equal(SharedFileOutcome.Missing, SharedFile.TryOpen(Path.Combine(_folder, "none"), out _));
    }

    [Fact]
    public void Access_outside_the_mapping_or_after_disposal_is_refused()
    {
        Assert.Equal(
            SharedFileOutcome.Done,
            SharedFile.TryCreate(Path.Combine(_folder, "segment"), 4096, out SharedFile? file));
        Assert.Throws<ArgumentOutOfRangeException>(() => file!.Bytes(4090, 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => file!.Bytes(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => file!.ReadUInt64(long.MaxValue));

        file!.Dispose();

        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadUInt64(0));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
