using System.Text;
using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Packets;
using Dataplane.Stacks;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>Looking into streams: the peek, fragment map and buffers of a monitoring socket.</summary>
public sealed class StreamViewTests
{
    private static readonly StreamKeep KeepLast = new(StreamKeepKind.Last, 64);

    [Fact]
    public void A_reader_with_a_cursor_reads_each_byte_once()
    {
        using StackBench bench = new(keep: KeepLast);
        TcpScript script = Script().Handshake().ClientSends("hello ").ClientSends("world");
        ulong cursor = 0;
        byte[] target = new byte[4];
        var read = new StringBuilder();

        bench.Play(script);
        int count;
        while ((count = View(bench).Peek(Side.Client, ref cursor, target, out ulong lost)) != 0)
        {
            Assert.Equal(0ul, lost);
            read.Append(Encoding.ASCII.GetString(target, 0, count));
        }

        Assert.Equal("hello world", read.ToString());
        Assert.Equal(11ul, cursor);
    }

    [Fact]
    public void A_reader_that_is_late_is_told_how_much_it_lost()
    {
        using StackBench bench = new(keep: KeepLast);
        ulong cursor = 0;
        byte[] target = new byte[100];

        bench.Play(Script().Handshake().ClientSends(5000));
        StreamBuffer buffer = View(bench).Buffer(Side.Client);
        int count = View(bench).Peek(Side.Client, ref cursor, target, out ulong lost);

        Assert.Equal(buffer.Oldest, lost);
        Assert.True(lost > 0);
        Assert.Equal(lost + (uint)count, cursor);
        Assert.Equal(5000ul, buffer.Next);
    }

    [Fact]
    public void Bytes_behind_holes_can_be_seen_and_the_map_shows_them()
    {
        using StackBench bench = new(keep: KeepLast);
        bench.Play(Script().Handshake().ClientSegment(0, "abc").ClientSegment(10, "klm")
            .ClientSegment(13, "nop").ClientSegment(20, "u"));
        byte[] target = new byte[10];
        Span<StreamRange> ranges = stackalloc StreamRange[8];

        int count = View(bench).PeekAt(Side.Client, 11, target);
        int found = View(bench).Ranges(Side.Client, ranges);

        Assert.Equal("lmnop", Encoding.ASCII.GetString(target, 0, count));
        Assert.Equal(0, View(bench).PeekAt(Side.Client, 5, target));
        Assert.Equal(
            [new StreamRange(0, 3), new StreamRange(10, 6), new StreamRange(20, 1)],
            ranges[..found].ToArray());
        Assert.Equal(2, View(bench).Ranges(Side.Client, ranges[..2]));
    }

    [Fact]
    public void A_buffer_can_be_made_larger_while_the_connection_runs()
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake().ClientSends("gone");
        bench.Play(script);
        int seen = script.Frames.Count;

        Assert.Equal(100u, View(bench).SetBuffer(Side.Client, 100));
        bench.Play(script.ClientSends("here").Frames.Skip(seen));

        byte[] target = new byte[10];
        Assert.Equal(4, View(bench).PeekAt(Side.Client, 4, target));
        Assert.Equal(StreamKeep.BytesMax, View(bench).SetBuffer(Side.Client, uint.MaxValue));
    }

    [Fact]
    public void Where_only_the_map_is_kept_early_bytes_are_in_it_and_gaps_in_their_turn()
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake().ClientSegment(0, "abc");
        bench.Play(script);
        int seen = script.Frames.Count;
        Span<StreamRange> ranges = stackalloc StreamRange[8];

        Assert.Equal(StreamBuffering.Map, View(bench).SetBuffering(Side.Client, StreamBuffering.Map));
        bench.Play(script.ClientSegment(5, "fgh").ClientSegment(10, new byte[1460]).Frames.Skip(seen));
        int found = View(bench).Ranges(Side.Client, ranges);
        uint held = bench.Stack.Streams.HeldSlabBytes;
        seen = script.Frames.Count;
        bench.Play(script.ClientSegment(3, "de").Frames.Skip(seen)).End();

        Assert.Equal(0u, held);
        Assert.Equal([new StreamRange(5, 3), new StreamRange(10, 1460)], ranges[..found].ToArray());
        Assert.Equal(0, View(bench).PeekAt(Side.Client, 5, new byte[3]));
        Assert.Equal("abcde"u8.ToArray(), bench.BytesOf(Side.Client));
        Assert.Equal(
            [(5ul, 3u, GapReason.NotKept), (8ul, 2u, GapReason.Lost), (10ul, 1460u, GapReason.NotKept)],
            bench.GapsOf(Side.Client));
    }

    [Fact]
    public void Where_nothing_waits_the_hole_before_a_segment_is_given_up_at_once()
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake().ClientSegment(0, "abc");
        bench.Play(script);
        int seen = script.Frames.Count;

        View(bench).SetBuffering(Side.Client, StreamBuffering.None);
        bench.Play(script.ClientSegment(5, "fgh").ClientSegment(3, "de").ClientSegment(8, "i")
            .Frames.Skip(seen));

        Assert.Equal("abcfghi"u8.ToArray(), bench.BytesOf(Side.Client));
        Assert.Equal([(3ul, 2u, GapReason.NotKept)], bench.GapsOf(Side.Client));
        Assert.Equal(0ul, bench.Stack.Streams.OverrunCount);
    }

    private static StreamView View(StackBench bench) =>
        new(bench.Stack, StackBench.Slot, SharedSides.None);

    private static TcpScript Script() => TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80");
}
