using CsCheck;
using Dataplane.Notices;

namespace Dataplane.Tests.Notices;

public sealed class RecordRingTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(100u)]
    public void A_capacity_that_is_no_power_of_two_is_refused(uint capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RecordRing(capacity));

    [Fact]
    public void A_record_longer_than_half_the_ring_is_refused()
    {
        using RecordRing ring = new(256);

        Assert.False(ring.TryBegin(ring.RecordBytesMax + 1, out _));
        Assert.True(ring.TryBegin(ring.RecordBytesMax, out Span<byte> record));
        Assert.Equal(ring.RecordBytesMax, record.Length);
    }

    [Fact]
    public void What_was_begun_but_not_committed_is_not_seen()
    {
        using RecordRing ring = new(256);

        Assert.True(ring.TryBegin(8, out _));

        Assert.True(ring.IsEmpty);
        Assert.False(ring.TryPeek(out _));
    }

    [Fact]
    public void Gives_every_accepted_record_once_and_whole_under_any_sequence_of_steps() =>
        Gen.Select(Gen.Int[0, 60], Gen.Bool).Array[0, 300].Sample(steps =>
        {
            using RecordRing ring = new(256);
            Queue<byte[]> model = new();
            byte mark = 0;
            foreach ((int size, bool writes) in steps)
            {
                if (writes)
                {
                    byte[] content = [.. Enumerable.Repeat(++mark, size)];
                    if (ring.TryBegin(size, out Span<byte> record))
                    {
                        content.CopyTo(record);
                        ring.Commit();
                        model.Enqueue(content);
                    }
                    else
                    {
                        Assert.NotEmpty(model); // an empty ring takes all that is not too long
                    }
                }
                else if (ring.TryPeek(out ReadOnlySpan<byte> record))
                {
                    Assert.Equal(model.Dequeue(), record.ToArray());
                    ring.Release();
                }
                else
                {
                    Assert.Empty(model);
                }
            }
            Assert.Equal(model.Count == 0, ring.IsEmpty);
        });

    [Fact]
    public async Task Two_threads_exchange_records_in_order()
    {
        const int Count = 200_000;
        using RecordRing ring = new(4_096);
        Task producer = Task.Run(() =>
        {
            for (int i = 0; i < Count;)
            {
                if (ring.TryBegin(4 + (i % 50), out Span<byte> record))
                {
                    BitConverter.TryWriteBytes(record, i);
                    record[4..].Fill((byte)i);
                    ring.Commit();
                    i++;
                }
                else
                {
                    Thread.Yield();
                }
            }
        }, TestContext.Current.CancellationToken);

        for (int i = 0; i < Count;)
        {
            if (ring.TryPeek(out ReadOnlySpan<byte> record))
            {
                Assert.Equal(i, BitConverter.ToInt32(record));
                Assert.Equal(4 + (i % 50), record.Length);
                Assert.False(record[4..].ContainsAnyExcept((byte)i));
                ring.Release();
                i++;
            }
            else
            {
                Thread.Yield();
            }
        }
        await producer;
        Assert.True(ring.IsEmpty);
    }
}
