using Dataplane.Native.Memory;

namespace Dataplane.Tests.Native.Memory;

public sealed class SignatureBucketsTests
{
    /// <summary>A hash that chooses the third of four buckets.</summary>
    private const uint Third = 2u << 30;

    [Fact]
    public void A_signature_is_found_in_each_lane_that_holds_it_and_nowhere_else()
    {
        using SignatureBuckets buckets = new(4);
        for (int lane = 0; lane < SignatureBuckets.LaneCount; lane++)
        {
            buckets.Set(Third, lane, (uint)(100 + (lane & 3)), (uint)lane);
        }

        Assert.Equal(0b0010_0010u, buckets.Match(Third, 101));
        Assert.Equal(0u, buckets.Match(Third, 99));
        Assert.Equal(0u, buckets.Match(1u << 30, 101));
        Assert.Equal(5u, buckets.Slot(Third, 5));
    }

    [Fact]
    public void A_cleared_lane_is_empty_again()
    {
        using SignatureBuckets buckets = new(1);
        Assert.Equal(0xFFu, buckets.Empty(0));

        buckets.Set(0, 3, 7, 70);
        Assert.Equal(0xF7u, buckets.Empty(0));

        buckets.Clear(0, 3);
        Assert.Equal(0xFFu, buckets.Empty(0));
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(3u)]
    [InlineData(1_000_003u)]
    public void Every_hash_chooses_a_bucket_of_the_table_whatever_its_size(uint count)
    {
        using SignatureBuckets buckets = new(count);
        buckets.Set(uint.MaxValue, 0, 7, 70);

        Assert.Equal((0u, count - 1), (buckets.IndexOf(0), buckets.IndexOf(uint.MaxValue)));
        Assert.Equal(1u, buckets.Match(uint.MaxValue, 7));
    }
}
