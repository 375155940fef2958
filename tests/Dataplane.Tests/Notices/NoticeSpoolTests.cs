using System.Globalization;
using CsCheck;
using Dataplane.Contract.Shared;
using Dataplane.Events;
using Dataplane.Notices;

namespace Dataplane.Tests.Notices;

public sealed class NoticeSpoolTests
{
    [Fact]
    public void A_notice_is_read_back_with_all_its_parts()
    {
        using SpoolFolder folder = new();
        using NoticeSpool spool = folder.Open();
        SpoolFolder.Append(spool, "body", SpoolFolder.StartUs + 5, packetBytes: 60);

        using SpoolReader reader = new(folder.Path, 0);

        Assert.True(reader.TryRead(out SpoolRecord record));
        Assert.Equal(1u, record.Header.Sequence);
        Assert.Equal("ids-main"u8, record.NfName);
        Assert.Equal("edge-in"u8, record.ChainName);
        Assert.Equal("http"u8, record.AppProtocol);
        Assert.Equal("body"u8, record.Body);
        Assert.Equal(60, record.Packet.Length);
        Assert.Equal(0xC0FFEEu, record.CatalogHash);
        Assert.Equal("edge-1", record.NodeName);
        Assert.Equal(SpoolFolder.StartUs + 5, record.Header.ReceivedAt);
        Assert.Equal(SpoolFolder.StartUs / 1_000, SpoolId.ArrivalMsOf(record.Id));
        Assert.Equal(7, SpoolId.NodeOf(record.Id));
        Assert.Equal(1u, SpoolId.SequenceOf(record.Id));
        Assert.False(reader.TryRead(out _));
    }

    [Fact]
    public void Numbers_go_on_without_a_hole_across_segments_and_restarts()
    {
        using SpoolFolder folder = new();
        for (int start = 0; start < 3; start++)
        {
            using NoticeSpool spool = folder.Open();
            for (int i = 0; i < 200; i++)
            {
                Assert.True(SpoolFolder.Append(spool, Text((start * 200) + i + 1), packetBytes: 900));
            }
        }

        Assert.Equal(Enumerable.Range(1, 600).Select(n => ((ulong)n, Text(n))), folder.Read());
        Assert.True(Directory.GetFiles(folder.Path, "*.seg").Length > 6);
        Assert.Empty(Directory.GetFiles(folder.Path, "*.new"));
    }

    [Fact]
    public void Numbers_are_not_used_again_when_somebody_deletes_the_spool()
    {
        using SpoolFolder folder = new();
        using (NoticeSpool spool = folder.Open())
        {
            for (int i = 0; i < 5; i++)
            {
                SpoolFolder.Append(spool, Text(i));
            }
        }
        foreach (string file in Directory.GetFiles(folder.Path))
        {
            File.Delete(file);
        }

        using NoticeSpool again = folder.Open();
        SpoolFolder.Append(again, "after");

        using SpoolReader reader = new(folder.Path, 5);
        Assert.True(reader.TryRead(out SpoolRecord lost));
        Assert.Equal(EventType<NoticesLost>.Id, lost.Header.Type);
        Assert.True(lost.Header.Sequence > 5);
        Assert.True(reader.TryRead(out SpoolRecord after));
        Assert.Equal("after"u8, after.Body);
        Assert.Equal(lost.Header.Sequence + 1, after.Header.Sequence);
    }

    [Fact]
    public void Ids_and_arrival_times_never_go_back_even_when_the_clock_does()
    {
        using SpoolFolder folder = new();
        using (NoticeSpool spool = folder.Open())
        {
            SpoolFolder.Append(spool, "a", SpoolFolder.StartUs + 9_000_000);
        }
        using (NoticeSpool spool = folder.Open())
        {
            SpoolFolder.Append(spool, "b", SpoolFolder.StartUs);
        }

        using SpoolReader reader = new(folder.Path, 0);
        Assert.True(reader.TryRead(out SpoolRecord a));
        (Ulid id, long arrival) first = (a.Id, a.Header.ReceivedAt);
        Assert.True(reader.TryRead(out SpoolRecord b));
        Assert.True(b.Id.CompareTo(first.id) > 0);
        Assert.True(b.Header.ReceivedAt >= first.arrival);
        Assert.Equal(SpoolFolder.StartUs, b.Header.Time);
    }

    [Fact]
    public void A_process_killed_at_any_byte_of_a_record_loses_and_repeats_nothing_that_was_accepted() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[0, 1_500], Gen.Int[0, 2_000], Gen.Int[1, 60])
            .Sample((before, packetBytes, cut, after) =>
            {
                using SpoolFolder folder = new();
                using (NoticeSpool spool = folder.Open())
                {
                    for (int i = 1; i <= before; i++)
                    {
                        SpoolFolder.Append(spool, Text(i), packetBytes: packetBytes);
                    }
                }
                List<(ulong Sequence, string Text)> accepted = folder.Read();
                LeaveTornRecord(folder, cut);

                using (NoticeSpool spool = folder.Open())
                {
                    Assert.Equal((ulong)before, spool.LastSequence);
                    for (int i = 1; i <= after; i++)
                    {
                        SpoolFolder.Append(spool, Text(before + i), packetBytes: packetBytes);
                    }
                }

                Assert.Equal(before, accepted.Count);
                Assert.Equal(
                    Enumerable.Range(1, before + after).Select(n => ((ulong)n, Text(n))), folder.Read());
            }, iter: 60);

    [Fact]
    public void A_segment_cut_short_or_zeroed_at_any_byte_keeps_every_record_before_the_cut() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[0, 20_000], Gen.Bool).Sample((count, cut, zeroes) =>
        {
            using SpoolFolder folder = new();
            using (NoticeSpool spool = folder.Open())
            {
                for (int i = 1; i <= count; i++)
                {
                    SpoolFolder.Append(spool, Text(i), packetBytes: 200);
                }
            }
            int recordBytes = RecordBytes(Text(1), 200);
            Cut(LastSegment(folder), SpoolLayout.SegmentHeaderBytes + cut, zeroes);
            int kept = Math.Min(count, cut / recordBytes);

            using (NoticeSpool spool = folder.Open())
            {
                // A zero at the end of the record behind the cut may leave it whole.
                Assert.InRange(spool.LastSequence, (ulong)kept, (ulong)Math.Min(count, kept + 1));
                kept = (int)spool.LastSequence;
                SpoolFolder.Append(spool, "next");
            }

            Assert.Equal(
                Enumerable.Range(1, kept).Select(n => ((ulong)n, Text(n))).Append(((ulong)kept + 1, "next")),
                folder.Read());
        }, iter: 100);

    [Fact]
    public void A_reader_that_stopped_anywhere_goes_on_from_its_own_position()
    {
        using SpoolFolder folder = new();
        using NoticeSpool spool = folder.Open();
        for (int i = 1; i <= 300; i++)
        {
            SpoolFolder.Append(spool, Text(i), packetBytes: 700);
        }

        foreach (ulong position in (ulong[])[1, 57, 58, 199, 299, 300])
        {
            Assert.Equal(
                Enumerable.Range((int)position + 1, 300 - (int)position).Select(n => (ulong)n),
                folder.Read(position).Select(r => r.Sequence));
        }
    }

    [Fact]
    public void At_its_cap_the_spool_keeps_what_it_has_and_announces_every_lost_number_when_room_returns()
    {
        using SpoolFolder folder = new();
        using NoticeSpool spool = folder.Open(bytesMax: 3 * SpoolFolder.SegmentBytes);
        int accepted = 0;
        while (SpoolFolder.Append(spool, Text(accepted + 1), packetBytes: 1_000))
        {
            accepted++;
        }
        Assert.True(spool.IsFull);
        SpoolFolder.Append(spool, "lost as well");
        ulong lastLost = spool.LastSequence;

        using SpoolReader reader = new(folder.Path, 0);
        List<(ulong Sequence, string Text)> before = SpoolFolder.Read(reader);
        Assert.True(reader.DeleteThrough(reader.Position) >= 2);
        spool.Tick(SpoolFolder.StartUs + 1_000_000);

        Assert.False(spool.IsFull);
        Assert.True(SpoolFolder.Append(spool, "again", SpoolFolder.StartUs + 1_000_001));
        Assert.Equal(["full", "cap"], before.Select(r => r.Text).Where(t => t is "full" or "cap"));
        Assert.Equal(accepted, before.Count(r => r.Text is not "full" and not "cap"));
        List<(ulong Sequence, string Text)> after = SpoolFolder.Read(reader);
        Assert.Equal(
            [
                (lastLost + 1, $"lost {before[^1].Sequence + 1}-{lastLost}"),
                (lastLost + 2, "room"),
                (lastLost + 3, "again"),
            ],
            after);
        Assert.Equal(lastLost - before[^1].Sequence, spool.LostCount);
    }

    [Fact]
    public void Notices_lost_before_they_came_to_the_spool_are_numbered_and_announced()
    {
        using SpoolFolder folder = new();
        using NoticeSpool spool = folder.Open();
        SpoolFolder.Append(spool, "a");
        spool.Lose(5);
        SpoolFolder.Append(spool, "b");

        Assert.Equal([(1, "a"), (7, "lost 2-6"), (8, "b")], folder.Read());
    }

    [Fact]
    public void Appending_allocates_nothing_while_the_segment_lasts()
    {
        using SpoolFolder folder = new();
        using NoticeSpool spool = folder.Open();
        SpoolNotice notice = new() { Header = default, NfName = "ids"u8, Body = "0123456789"u8 };
        spool.TryAppend(in notice, SpoolFolder.StartUs);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            spool.TryAppend(in notice, SpoolFolder.StartUs);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static string Text(int number) => number.ToString("D6", CultureInfo.InvariantCulture);

    private static int RecordBytes(string text, int packetBytes) => SpoolLayout.PaddedBytes(
        SpoolLayout.RecordHeaderBytes + "ids-main".Length + "edge-in".Length + "http".Length
        + text.Length + packetBytes);

    private static string LastSegment(SpoolFolder folder) =>
        Directory.GetFiles(folder.Path, "*.seg").Order(StringComparer.Ordinal).Last();

    /// <summary>What a process leaves behind that dies while it lays a record out: bytes,
    /// but no number.</summary>
    private static void LeaveTornRecord(SpoolFolder folder, int bytes)
    {
        using FileStream file = new(LastSegment(folder), FileMode.Open, FileAccess.ReadWrite);
        long end = SpoolLayout.SegmentHeaderBytes;
        byte[] head = new byte[16];
        while (end + head.Length <= file.Length)
        {
            file.Position = end;
            file.ReadExactly(head);
            if (BitConverter.ToUInt64(head) == 0)
            {
                break;
            }
            end += BitConverter.ToUInt32(head, 12);
        }
        file.Position = Math.Min(end + 8, file.Length);
        file.Write([.. Enumerable.Repeat((byte)0x5A, (int)Math.Min(bytes, file.Length - file.Position))]);
    }

    private static void Cut(string path, int at, bool zeroes)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite);
        long length = file.Length;
        at = (int)Math.Min(at, length);
        file.SetLength(at);
        if (zeroes)
        {
            file.SetLength(length);
        }
    }
}
