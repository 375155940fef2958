using Dataplane.Native.Memory;

namespace Dataplane.Tests.Native.Memory;

public sealed class SignatureBucketsTests
{
    [Fact]
    public void A_signature_is_found_in_each_lane_that_holds_it_and_nowhere_else()
    {
        using SignatureBuckets buckets = new(4);
        for (int lane = 0; lane < SignatureBuckets.LaneCount; lane++)
        {
            buckets.Set(2, lane, (uint)(100 + (lane & 3)), (uint)lane);
        }

        Assert.Equal(0b0010_0010u, buckets.Match(2, 101));
        Assert.Equal(0u, buckets.Match(2, 99));
        Assert.Equal(0u, buckets.Match(1, 101));
        Assert.Equal(5u, buckets.Slot(2, 5));
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

    [Fact]
    public void Bucket_numbers_are_taken_modulo_the_table()
    {
        using SignatureBuckets buckets = new(4);
        buckets.Set(uint.MaxValue, 0, 7, 70);

        Assert.Equal(1u, buckets.Match(3, 7));
    }
}
