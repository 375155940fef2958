using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>Streams that are put together from later than their beginning, not at all, or not to their
/// end.</summary>
public sealed class LateStreamTests
{
    private const StackDepth Halves = StackDepth.ClientHalf | StackDepth.ServerHalf;
    private const StackDepth Streams = Halves | StackDepth.ClientStream | StackDepth.ServerStream;

    [Fact]
    public void A_start_before_a_stream_that_nobody_read_is_a_gap_and_offsets_are_true()
    {
        using StackBench bench = new(depth: Halves);
        bench.Play(Script().Handshake().ClientSends("0123456789"));

        bench.Stack.Replay(StackBench.Slot, ref bench.Flow, 1, 2);
        Deepen(bench);
        bench.DeliverPending();
        bench.Play(Later(Script().Handshake().ClientSends("0123456789"), s => s.ClientSends("late")));

        DataReady gap = Assert.Single(bench.Of<DataGap>(), e => e.Record.Sender == Side.Client)
            .Body<DataGap>().Data;
        Assert.Equal((2ul, 8u, GapReason.NeverSeen), (gap.Offset, gap.Length, (GapReason)(gap.Epoch & 0xFF)));
        SeenEvent data = bench.Of<DataReady>(Side.Server).Single(e => e.Bytes.Length != 0);
        Assert.Equal(10ul, data.Body<DataReady>().Offset);
        Assert.Equal("late"u8.ToArray(), data.Bytes);
    }

    [Fact]
    public void A_stream_read_from_behind_its_FIN_does_not_count_the_FIN()
    {
        using StackBench bench = new(depth: Halves);
        bench.Play(Script().Handshake().ClientSends("0123456789").ClientFins().ServerAcks());

        Deepen(bench);
        bench.Play(Later(Script().Handshake().ClientSends("0123456789").ClientFins().ServerAcks(),
            s => s.ServerSends("bye")));

        Assert.Equal(10ul, bench.Stack.Snapshot(StackBench.Slot, Side.Server, in bench.Flow).ReceivedBytes);
    }

    [Fact]
    public void A_start_at_the_next_byte_of_a_stream_that_nobody_read_has_no_gap()
    {
        using StackBench bench = new(depth: Halves);
        bench.Play(Script().Handshake().ClientSends("0123456789"));

        bench.Stack.Replay(StackBench.Slot, ref bench.Flow, 1, 10);
        bench.DeliverPending();

        Assert.Empty(bench.Of<DataGap>());
    }

    [Fact]
    public void Bytes_of_a_stream_that_finds_no_room_are_announced_as_gaps()
    {
        StreamSettings one = new()
        {
            StreamMax = 1, SlabBytesMax = 64 * 1024, RunMax = 64, HeldBytesMax = 64 * 1024,
        };
        using StackBench bench = new(settings: one);

        bench.Play(Script().Handshake().ClientSends("client").ServerSends("server").ServerSends("again"));

        Assert.Equal("client"u8.ToArray(), bench.BytesOf(Side.Client));
        Assert.Empty(bench.BytesOf(Side.Server));
        Assert.Equal(
            [(0ul, 6u, GapReason.MemoryCap), (6ul, 5u, GapReason.MemoryCap)], bench.GapsOf(Side.Server));
    }

    [Theory]
    [InlineData(0, 600)]
    [InlineData(100, 500)]
    [InlineData(600, 100)]
    public void Beyond_the_depth_nothing_is_announced_but_that(int sent, int more)
    {
        using StackBench bench = new(tcp: new TcpSettings { StreamDepth = 512 });
        TcpScript script = Script().Handshake();
        int first = Math.Min(sent, 512), whole = sent + more;

        bench.Play(script.ClientSends(sent).ClientSends(more).ClientSends(50));
        bench.End();

        Assert.Equal(512, bench.BytesOf(Side.Client).Length);
        Assert.True(first <= 512);
        Assert.Equal(512ul, Assert.Single(bench.Of<DataDepthReached>()).Body<DataDepthReached>().Data.Offset);
        Assert.Equal([(512ul, (uint)(whole + 50 - 512), GapReason.Depth)], bench.GapsOf(Side.Client));
        Assert.Equal(
            (ulong)(whole + 50),
            bench.Of<DataEnd>().First(e => e.Record.Sender == Side.Client).Body<DataEnd>().Data.Offset);
    }

    private static void Deepen(StackBench bench)
    {
        StackDepth before = bench.Flow.Depth;
        bench.Flow.Depth = Streams;
        bench.Stack.SubscriptionsChanged(StackBench.Slot, ref bench.Flow, before);
    }

    private static TcpScript Script() => TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80");

    /// <summary>What a script sends after the steps it has played already.</summary>
    private static IEnumerable<Frame> Later(TcpScript script, Func<TcpScript, TcpScript> more)
    {
        int played = script.Frames.Count;
        return more(script).Frames.Skip(played);
    }
}
