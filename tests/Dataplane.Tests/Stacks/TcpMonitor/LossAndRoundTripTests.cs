using Dataplane.Events;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>What acknowledgments tell of losses, and times by number and by time stamp.</summary>
public sealed class LossAndRoundTripTests
{
    [Fact]
    public void The_first_duplicate_with_a_SACK_block_tells_the_hole()
    {
        using StackBench bench = new();

        bench.Play(TcpScenes.All["options"]);

        // Once by the segment that is ahead, once by the acknowledgment.
        Assert.Equal([(1001u, 3u), (1001u, 3u)], Hints(bench).Select(hint => (hint.Hole, hint.Length)));
    }

    [Fact]
    public void The_third_duplicate_without_SACK_tells_where_the_hole_begins()
    {
        using StackBench bench = new();

        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake().ClientSegment(3, "two")
            .ServerAcks().ServerAcks().ServerAcks().ServerAcks().ServerAcks().ServerAcks());

        Assert.Equal(
            [(1001u, 3u), (1001u, 0u)], Hints(bench).Select(hint => (hint.Hole, hint.Length)));
    }

    [Fact]
    public void A_repeated_segment_is_timed_by_its_time_stamp_and_not_by_its_number()
    {
        using StackBench bench = new();

        bench.Play(TcpScenes.All["time stamps"]);

        TcpRoundTrip sample = Assert.Single(
            bench.Of<TcpRoundTrip>(Side.Client).Select(e => e.Body<TcpRoundTrip>()));
        Assert.Equal((500u, (byte)RoundTripMethod.Timestamp), (sample.SampleUs, sample.Method));
        Assert.Equal(500u, bench.Client.SmoothedRttUs);
    }

    private static IEnumerable<TcpLossHint> Hints(StackBench bench) =>
        bench.Of<TcpLossHint>(Side.Client).Select(e => e.Body<TcpLossHint>());
}
