using CsCheck;
using Dataplane.Inspection.Compile;
using Dataplane.Inspection.Verify;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class StreamFollowerTests
{
    [Fact]
    public void A_piece_is_due_when_enough_of_it_is_acknowledged()
    {
        using var blocks = new StreamBlocks(64);
        var streams = new StreamFollower(blocks);
        FlowInspection flow = Begun();
        Send(streams, ref flow, 0, StreamFollower.PieceBytes);

        Assert.True(streams.Due(ref flow, Side.Client, StreamMoment.Open).IsEmpty);
        Acknowledge(ref flow, StreamFollower.PieceBytes - 1);
        Assert.True(streams.Due(ref flow, Side.Client, StreamMoment.Open).IsEmpty);
        Acknowledge(ref flow, StreamFollower.PieceBytes);
        Assert.Equal(StreamFollower.PieceBytes, streams.Due(ref flow, Side.Client, StreamMoment.Open).Length);
        Assert.Equal(0u, blocks.UsedCount);
    }

    [Fact]
    public void When_one_end_closes_what_is_acknowledged_is_due_and_at_the_end_all_of_it()
    {
        using var blocks = new StreamBlocks(64);
        var streams = new StreamFollower(blocks);
        FlowInspection flow = Begun();
        Send(streams, ref flow, 0, 100);
        Acknowledge(ref flow, 40);

        Assert.Equal(40, streams.Due(ref flow, Side.Client, StreamMoment.Closing).Length);
        Assert.Equal(60, streams.Due(ref flow, Side.Client, StreamMoment.End).Length);
        Assert.True(streams.Due(ref flow, Side.Client, StreamMoment.End).IsEmpty);
    }

    [Fact]
    public void Bytes_beyond_the_depth_are_left_alone()
    {
        using var blocks = new StreamBlocks(64);
        var streams = new StreamFollower(blocks);
        FlowInspection flow = Begun();

        streams.Add(ref flow, Side.Client, StreamFollower.DepthBytes - 10, new byte[100]);

        Assert.Equal(10, streams.Due(ref flow, Side.Client, StreamMoment.End).Length);
        Assert.NotEqual(FlowInspectionFlags.None, flow.Flags & StreamFollower.DoneFlag(Side.Client));
        Assert.False(streams.Add(ref flow, Side.Client, StreamFollower.DepthBytes + 90, new byte[1]));
    }

    [Fact]
    public void When_no_block_is_left_the_bytes_are_counted_and_the_side_is_given_up()
    {
        using var blocks = new StreamBlocks(1);
        var streams = new StreamFollower(blocks);
        FlowInspection flow = Begun();

        Assert.False(streams.Add(ref flow, Side.Client, 0, new byte[StreamBlocks.BlockBytes + 7]));
        Assert.Equal(7ul, blocks.LostBytes);
        Assert.NotEqual(FlowInspectionFlags.None, flow.Flags & StreamFollower.DoneFlag(Side.Client));
        streams.Release(ref flow);
        Assert.Equal(0u, blocks.UsedCount);
    }

    [Fact]
    public void An_http_request_is_complete_when_the_server_begins_to_answer()
    {
        using var blocks = new StreamBlocks(64);
        var streams = new StreamFollower(blocks);
        FlowInspection flow = Begun();
        byte[] request = RuleBench.Bytes("GET / HTTP/1.1\r\n\r\n");
        streams.Add(ref flow, Side.Client, 0, request);
        Track(ref flow, Side.Client, 1001, 1, request.Length);
        Acknowledge(ref flow, request.Length);

        Assert.True(streams.Due(ref flow, Side.Client, StreamMoment.Open).IsEmpty);
        streams.Add(ref flow, Side.Server, 0, "HTTP/1.1 200 OK"u8);
        Assert.Equal(request.Length, streams.Due(ref flow, Side.Client, StreamMoment.Open).Length);
    }

    [Fact]
    public void Every_byte_is_handed_out_once_and_in_order_whatever_the_sizes() => Gen.Select(
        Gen.Int[1, 6_000].Array[1, 12], Gen.Int[0, 9_000].Array[12]).Sample(
        (sizes, steps) =>
        {
            using var blocks = new StreamBlocks(64);
            var streams = new StreamFollower(blocks);
            FlowInspection flow = Begun();
            var sent = new List<byte>();
            var seen = new List<byte>();
            int acknowledged = 0;
            for (int i = 0; i < sizes.Length && sent.Count + sizes[i] < 60_000; i++)
            {
                byte[] bytes = [.. Enumerable.Range(sent.Count, sizes[i]).Select(n => (byte)(n * 7))];
                streams.Add(ref flow, Side.Client, (ulong)sent.Count, bytes);
                Track(ref flow, Side.Client, 1001 + (uint)sent.Count, 1, bytes.Length);
                sent.AddRange(bytes);
                acknowledged = Math.Min(sent.Count, acknowledged + steps[i]);
                Acknowledge(ref flow, acknowledged);
                seen.AddRange(streams.Due(ref flow, Side.Client, StreamMoment.Open));
                Assert.True(seen.Count <= acknowledged);
            }
            seen.AddRange(streams.Due(ref flow, Side.Client, StreamMoment.End));
            Assert.Equal(sent, seen);
            Assert.Equal(0u, blocks.UsedCount);
        },
        iter: 200);

    [Fact]
    public void The_window_ends_with_the_new_bytes_and_reaches_back_as_far_as_asked() => Gen.Select(
        Gen.Int[1, 9_000].Array[1, 10], Gen.Int[0, StreamHistory.BytesMax]).Sample(
        (sizes, history) =>
        {
            using var blocks = new StreamBlocks(64);
            var streams = new StreamFollower(blocks);
            FlowInspection flow = Begun();
            var sent = new List<byte>();
            foreach (int size in sizes)
            {
                byte[] bytes = [.. Enumerable.Range(sent.Count, size).Select(n => (byte)(n * 7))];
                sent.AddRange(bytes);
                byte[] window = streams.Window(flow, Side.Client, bytes).ToArray();
                byte[] seam = streams.Seam(flow, Side.Client, Math.Min(63, history), bytes).ToArray();

                Assert.True(window.Length >= Math.Min(sent.Count, size + history));
                Assert.Equal(sent[^window.Length..], window);
                Assert.Equal(sent[^seam.Length..], seam);
                streams.Keep(ref flow, Side.Client, history, bytes);
            }
            streams.Release(ref flow);
            Assert.Equal(0u, blocks.UsedCount);
        },
        iter: 100);

    [Fact]
    public void Bytes_that_find_no_block_are_counted_and_the_stream_goes_on()
    {
        using var blocks = new StreamBlocks(1);
        var streams = new StreamFollower(blocks);
        FlowInspection flow = Begun();

        streams.Keep(ref flow, Side.Client, 4_096, new byte[StreamBlocks.BlockBytes + 7]);
        Assert.Equal(7ul, blocks.LostBytes);
        Assert.Equal(0u, blocks.UsedCount);
        Assert.Equal(3, streams.Window(flow, Side.Client, "new"u8).Length);
        Assert.Equal(FlowInspectionFlags.None, flow.Flags & StreamFollower.DoneFlag(Side.Client));
    }

    /// <summary>A flow whose client began at 1000 and whose server at 0.</summary>
    private static FlowInspection Begun()
    {
        FlowInspection flow = default;
        Track(ref flow, Side.Client, 1000, 0, 0, syn: true);
        Track(ref flow, Side.Server, 0, 1001, 0, syn: true);
        flow.Flags |= FlowInspectionFlags.ClientHeard | FlowInspectionFlags.ServerHeard;
        return flow;
    }

    private static void Send(StreamFollower streams, ref FlowInspection flow, int offset, int length)
    {
        streams.Add(ref flow, Side.Client, (ulong)offset, new byte[length]);
        Track(ref flow, Side.Client, 1001 + (uint)offset, 1, length);
    }

    private static void Acknowledge(ref FlowInspection flow, int bytes) =>
        Track(ref flow, Side.Server, 1, 1001 + (uint)bytes, 0);

    private static void Track(
        ref FlowInspection flow, Side sender, uint sequence, uint acknowledgment, int length,
        bool syn = false)
    {
        InspectedPacket packet = RuleBench.Segment(new byte[length]) with
        {
            Sender = sender,
            Sequence = sequence,
            Acknowledgment = acknowledgment,
            TcpFlags = (byte)(syn ? 18 : 16),
        };
        StreamFollower.Track(ref flow, packet);
    }
}
