using ControlApi.Tests.Harness;
using CsCheck;
using Dataplane.Contract.Shared;

namespace ControlApi.Tests.Spool;

public sealed class SpoolReaderTests : IDisposable
{
    private const long RecordAt = SpoolLayout.SegmentHeaderBytes;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Records_come_in_order_across_segments_and_again_from_any_position()
    {
        using (var spool = new TestSpool(_folder.Spool, segmentBytes: 8_192))
        {
            for (int i = 0; i < 100; i++)
            {
                spool.Alert(signature: $"alert {i}");
            }
        }

        Assert.True(Directory.GetFiles(_folder.Spool, "*.seg").Length > 3);
        Assert.Equal(Range(1, 100), ReadAll(0));
        Assert.Equal(Range(43, 100), ReadAll(42));
        Assert.Empty(ReadAll(100));
    }

    [Fact]
    public void A_record_that_was_not_committed_is_not_there_until_it_is()
    {
        using var spool = new TestSpool(_folder.Spool);
        spool.Alert();
        using var reader = new SpoolReader(_folder.Spool, 0);
        Assert.True(reader.TryRead(out _));
        Assert.False(reader.TryRead(out _));

        spool.Alert();

        Assert.True(reader.TryRead(out SpoolRecord record));
        Assert.Equal(2ul, record.Header.Sequence);
    }

    [Fact]
    public void A_torn_tail_is_passed_over_when_the_writer_has_started_again()
    {
        using (var spool = new TestSpool(_folder.Spool))
        {
            spool.Alert();
            spool.Alert();
        }
        long second = RecordAt + RecordBytes(RecordAt);
        Overwrite(1, second, new byte[8]); // killed before it wrote the sequence number
        using (var restarted = new TestSpool(_folder.Spool, firstSegment: 2, nextSequence: 2))
        {
            restarted.Alert();
        }

        Assert.Equal(Range(1, 2), ReadAll(0));
    }

    [Fact]
    public void A_corrupt_record_is_counted_and_passed_over()
    {
        using (var spool = new TestSpool(_folder.Spool))
        {
            spool.Alert();
            spool.Alert();
            spool.Alert();
        }
        Overwrite(1, RecordAt + RecordBytes(RecordAt) + 140, [0xFF]);
        using var reader = new SpoolReader(_folder.Spool, 0);

        Assert.Equal([1ul, 3ul], Drain(reader));
        Assert.Equal(1ul, reader.CorruptCount);
        Assert.Equal(1ul, reader.MissingCount);
    }

    [Fact]
    public void A_record_of_impossible_length_ends_its_segment_only()
    {
        using (var spool = new TestSpool(_folder.Spool))
        {
            spool.Alert();
            spool.Alert();
            spool.Roll();
            spool.Alert();
        }
        Overwrite(1, RecordAt + RecordBytes(RecordAt) + 12, [0xFF, 0xFF, 0xFF, 0x7F]);
        using var reader = new SpoolReader(_folder.Spool, 0);

        Assert.Equal([1ul, 3ul], Drain(reader));
        Assert.Equal(1ul, reader.CorruptCount);
    }

    [Fact]
    public void Files_that_are_no_segments_are_passed_over()
    {
        using (var spool = new TestSpool(_folder.Spool, firstSegment: 2))
        {
            spool.Alert();
        }
        File.WriteAllText(Path.Combine(_folder.Spool, "0000000001.seg"), "nonsense");
        File.WriteAllText(Path.Combine(_folder.Spool, "notes.txt"), "nonsense");

        Assert.Equal([1ul], ReadAll(0));
    }

    [Fact]
    public void Read_segments_are_deleted_but_never_the_newest_or_an_unread_one()
    {
        using var spool = new TestSpool(_folder.Spool);
        for (int segment = 0; segment < 3; segment++)
        {
            spool.Alert();
            spool.Alert();
            spool.Roll();
        }
        using var reader = new SpoolReader(_folder.Spool, 0);
        Drain(reader);

        Assert.Equal(1, reader.DeleteThrough(3));
        Assert.Equal(2, reader.DeleteThrough(6));
        Assert.Equal(["0000000004.seg"], Directory.GetFiles(_folder.Spool, "*.seg").Select(Path.GetFileName));
    }

    [Fact]
    public void Random_damage_never_throws_never_hangs_and_never_yields_a_changed_record()
    {
        using (var spool = new TestSpool(_folder.Spool, segmentBytes: 16_384))
        {
            for (int i = 0; i < 20; i++)
            {
                spool.Alert(signature: "intact");
            }
        }
        string path = Path.Combine(_folder.Spool, SpoolLayout.SegmentFile(1));
        byte[] whole = File.ReadAllBytes(path);

        Gen.Select(Gen.Int[SpoolLayout.SegmentHeaderBytes, whole.Length - 1], Gen.Byte).Array[1,
            8].Sample(damage =>
        {
            byte[] damaged = [.. whole];
            foreach ((int at, byte value) in damage)
            {
                damaged[at] = value;
            }
            File.WriteAllBytes(path, damaged);
            using var reader = new SpoolReader(_folder.Spool, 0);
            ulong last = 0;
            while (reader.TryRead(out SpoolRecord record))
            {
                Assert.InRange(record.Header.Sequence, last + 1, 20ul);
                last = record.Header.Sequence;
                Assert.True(record.Body.IndexOf("intact"u8) > 0);
            }
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void Ids_sort_in_spool_order_and_give_back_their_sequence_number()
    {
        using (var spool = new TestSpool(_folder.Spool))
        {
            spool.Alert();
            spool.Alert();
        }
        using var reader = new SpoolReader(_folder.Spool, 0);
        reader.TryRead(out SpoolRecord first);
        Ulid one = first.Id;
        reader.TryRead(out SpoolRecord second);

        Assert.True(string.CompareOrdinal(one.ToString(), second.Id.ToString()) < 0);
        Assert.Equal(2ul, SpoolId.SequenceOf(second.Id));
        Assert.Equal(7, SpoolId.NodeOf(second.Id));
    }

    private static ulong[] Range(ulong first, ulong last)
        => [.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(n => (ulong)n)];

    private static ulong[] Drain(SpoolReader reader)
    {
        var sequences = new List<ulong>();
        while (reader.TryRead(out SpoolRecord record))
        {
            sequences.Add(record.Header.Sequence);
        }
        return [.. sequences];
    }

    private ulong[] ReadAll(ulong after)
    {
        using var reader = new SpoolReader(_folder.Spool, after);
        return Drain(reader);
    }

    private long RecordBytes(long at)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(_folder.Spool, SpoolLayout.SegmentFile(1)));
        return BitConverter.ToUInt32(bytes, (int)at + 12);
    }

    private void Overwrite(ulong segment, long at, byte[] bytes)
    {
        using FileStream file = File.OpenWrite(Path.Combine(_folder.Spool, SpoolLayout.SegmentFile(segment)));
        file.Position = at;
        file.Write(bytes);
    }
}
