using CsCheck;
using Dataplane.Native.Memory;

namespace Dataplane.Tests.Native.Memory;

public sealed class SpscRingTests
{
    [Fact]
    public void What_does_not_fit_is_left_to_the_producer()
    {
        using SpscRing<int> ring = new(4);

        Assert.Equal(4, ring.Enqueue([1, 2, 3, 4, 5]));
        Assert.False(ring.TryEnqueue(6));
        Assert.Equal(4, ring.Count);
        Assert.True(ring.TryDequeue(out int first));
        Assert.Equal(1, first);
        Assert.True(ring.TryEnqueue(7));
    }

    [Fact]
    public void An_empty_ring_gives_nothing()
    {
        using SpscRing<int> ring = new(2);

        Assert.False(ring.TryDequeue(out _));
        Assert.Equal(0, ring.Dequeue(new int[8]));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(3u)]
    public void A_capacity_that_is_no_power_of_two_is_refused(uint capacity) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new SpscRing<int>(capacity));

    [Fact]
    public void Behaves_like_a_bounded_queue_under_any_sequence_of_bursts() =>
        Gen.Select(Gen.Int[1, 20], Gen.Bool).Array[0, 200].Sample(steps =>
        {
            using SpscRing<int> ring = new(16);
            Queue<int> model = new();
            int next = 0;
            foreach ((int size, bool enqueues) in steps)
            {
                if (enqueues)
                {
                    int[] burst = [.. Enumerable.Range(next, size)];
                    int accepted = ring.Enqueue(burst);
                    Assert.Equal(Math.Min(size, 16 - model.Count), accepted);
                    burst.Take(accepted).ToList().ForEach(model.Enqueue);
                    next += accepted;
                }
                else
                {
                    int[] burst = new int[size];
                    int taken = ring.Dequeue(burst);
                    Assert.Equal(Math.Min(size, model.Count), taken);
                    Assert.Equal(Enumerable.Range(0, taken).Select(_ => model.Dequeue()), burst.Take(taken));
                }
                Assert.Equal(model.Count, ring.Count);
            }
        }, iter: 300);

    [Fact]
    public async Task Two_threads_lose_reorder_and_repeat_nothing()
    {
        const int ItemCount = 1_000_000;
        using SpscRing<long> ring = new(64);

        Task producer = Task.Run(() =>
        {
            long[] burst = new long[32];
            SpinWait spin = default;
            for (long next = 0; next < ItemCount;)
            {
                int size = (int)Math.Min(1 + (next % 32), ItemCount - next);
                for (int i = 0; i < size; i++)
                {
                    burst[i] = next + i;
                }
                int accepted = ring.Enqueue(burst.AsSpan(0, size));
                next += accepted;
                if (accepted == 0)
                {
                    spin.SpinOnce(sleep1Threshold: -1);
                }
            }
        }, TestContext.Current.CancellationToken);

        long expected = await Task.Run(
            () => ReadInOrder(ring, ItemCount), TestContext.Current.CancellationToken);
        await producer;
        Assert.Equal(ItemCount, expected);
        Assert.Equal(0, ring.Count);
    }

    private static long ReadInOrder(SpscRing<long> ring, int itemCount)
    {
        long[] burst = new long[48];
        long expected = 0;
        SpinWait spin = default;
        while (expected < itemCount)
        {
            int taken = ring.Dequeue(burst);
            for (int i = 0; i < taken; i++)
            {
                Assert.Equal(expected++, burst[i]);
            }
            if (taken == 0)
            {
                spin.SpinOnce(sleep1Threshold: -1);
            }
        }
        return expected;
    }
}
