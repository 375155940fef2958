using CsCheck;
using WebUi.Stores;
using Xunit;

namespace WebUi.Tests.Stores;

public sealed class LiveRingTests
{
    [Fact]
    public void Shows_the_newest_first_and_lets_the_oldest_fall_out()
    {
        LiveRing<int> ring = Filled(3, 1, 2, 3, 4);

        Assert.Equal([4, 3, 2], ring.Read(10));
    }

    [Fact]
    public void A_pause_keeps_its_rows_and_counts_those_that_wait()
    {
        LiveRing<int> ring = Filled(3, 1, 2);
        ring.Pause();
        ring.Add(3);
        ring.Add(4);
        ring.Add(5);

        Assert.Equal([2, 1], ring.Read(10));
        Assert.Equal(3, ring.Waiting);

        ring.Resume();
        Assert.Equal([5, 4, 3], ring.Read(10));
        Assert.Equal(0, ring.Waiting);
    }

    [Fact]
    public void Clearing_ends_a_pause()
    {
        LiveRing<int> ring = Filled(3, 1);
        ring.Pause();
        ring.Clear();

        Assert.False(ring.IsPaused);
        Assert.Empty(ring.Read(10));
    }

    [Fact]
    public void Holds_what_a_list_would_hold_for_any_additions()
    {
        Gen.Select(Gen.Int[1, 20], Gen.Int.List[0, 100], Gen.Int[0, 30]).Sample((capacity, items, max) =>
        {
            LiveRing<int> ring = Filled(capacity, [.. items]);
            IEnumerable<int> expected = items.AsEnumerable().Reverse().Take(Math.Min(capacity, max));
            Assert.Equal(expected, ring.Read(max));
        });
    }

    private static LiveRing<int> Filled(int capacity, params int[] items)
    {
        var ring = new LiveRing<int>(capacity);
        foreach (int item in items)
        {
            ring.Add(item);
        }
        return ring;
    }
}
