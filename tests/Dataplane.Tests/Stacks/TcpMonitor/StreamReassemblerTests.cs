using System.Text;
using Dataplane.Events;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

public sealed class StreamReassemblerTests
{
    [Fact]
    public void Delivers_bytes_of_both_sides_in_order()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSends("hello").ServerSends("world!").Close());

        Assert.Equal("hello", Text(bench, Side.Client));
        Assert.Equal("world!", Text(bench, Side.Server));
        Assert.Equal(2, bench.Of<DataEnd>().Count());
        Assert.Empty(bench.Of<DataGap>());
    }

    [Fact]
    public void Holds_what_comes_early_until_its_turn()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake()
            .ClientSegment(6, "world").ClientSegment(3, "lo ").ClientSegment(0, "hel").ServerAcks());

        Assert.Equal("hello world", Text(bench, Side.Client));
        Assert.Equal(0u, bench.Stack.Streams.HeldSlabBytes);
        Assert.Equal(8ul, bench.Stack.Streams.CopiedBytes);
    }

    [Fact]
    public void Keeps_the_first_copy_of_a_byte()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake()
            .ClientSegment(2, "CDE").ClientSegment(0, "abcdefg").ClientSegment(0, "1234567").ServerAcks());

        Assert.Equal("abCDEfg", Text(bench, Side.Client));
    }

    [Fact]
    public void Announces_a_gap_when_the_receiver_acknowledged_the_hole()
    {
        using StackBench bench = new();

        TcpScript script = Script().Handshake().ClientSegment(0, "abc").ClientSegment(3, "XYZ").Unseen()
            .ClientSegment(6, "def");
        bench.Play(script);
        Assert.Empty(bench.Of<DataGap>());
        bench.Play(script.ServerAcks().Frames.Skip(script.Frames.Count - 1));

        Assert.Equal((3ul, 3u, GapReason.Lost), Assert.Single(bench.GapsOf(Side.Client)));
        Assert.Equal("abcdef", Text(bench, Side.Client));
    }

    [Fact]
    public void Announces_what_waits_behind_a_hole_when_the_flow_ends()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSegment(0, "abc").ClientSegment(10, "xyz"));
        bench.End();

        Assert.Equal((3ul, 7u, GapReason.Lost), Assert.Single(bench.GapsOf(Side.Client)));
        Assert.Equal("abcxyz", Text(bench, Side.Client));
        Assert.Equal(0u, bench.Stack.Streams.OpenCount);
        Assert.Equal(0u, bench.Stack.Streams.HeldSlabBytes);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    [InlineData(uint.MaxValue - 1)]
    [InlineData(uint.MaxValue - 11)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0x8000_0000u)]
    public void Goes_on_where_sequence_numbers_wrap(uint initial)
    {
        using StackBench bench = new();

        bench.Play(Script().WithSequences(initial, initial).WithSegments(7).Handshake()
            .ClientSends(100).ClientSegment(104, "late").ClientSegment(100, "soon").ServerAcks());

        Assert.Equal(108, bench.BytesOf(Side.Client).Length);
        Assert.EndsWith("soonlate", Text(bench, Side.Client), StringComparison.Ordinal);
        Assert.Empty(bench.Of<DataGap>());
    }

    [Fact]
    public void Takes_data_on_a_SYN_as_the_first_bytes()
    {
        using StackBench bench = new();

        bench.Play(Script().ClientRaw(TcpFlags.Syn, -1, "early"u8.ToArray()).SynAck()
            .ClientSegment(5, " bird").ServerAcks());

        Assert.Equal("early bird", Text(bench, Side.Client));
        Assert.Contains(bench.Of<TcpAnomaly>(Side.Server),
            e => e.Body<TcpAnomaly>().Id == (ushort)TcpAnomalyKind.SynWithData);
    }

    [Fact]
    public void Restores_a_stream_whose_packet_was_dropped()
    {
        using StackBench bench = new(more: LinkDemands.Gate, keep: new StreamKeep(StreamKeepKind.Last, 1000));
        TcpScript script = Script().Handshake().ClientSegment(0, "ab").ClientSegment(4, "ef")
            .ClientSegment(2, "cd").ClientSegment(2, "CD").ServerAcks();
        bench.Play(script.Frames.Take(5));

        bench.NextVerdict = Verdict.DropPacket;
        bench.Feed(script.Frames[5]);
        Assert.Equal(2ul, bench.Stack.Streams[bench.Server.ReceiveStream].Next);
        bench.Play(script.Frames.Skip(6));

        Assert.Equal("ab" + "cdef" + "CDef", Text(bench, Side.Client));
        byte[] kept = new byte[10];
        int count = bench.Stack.CopyKept(StackBench.Slot, Side.Client, 0, 10, kept);
        Assert.Equal("abCDef", Encoding.Latin1.GetString(kept, 0, count));
    }

    [Fact]
    public void Drops_a_contradicting_repeat_where_a_gate_listens_and_tells_of_it()
    {
        using StackBench bench = new(more: LinkDemands.Gate, keep: new StreamKeep(StreamKeepKind.Last, 1000));
        TcpScript script = Script().Handshake().ClientSegment(0, "harmless").ClientSegment(0, "haXmless");
        bench.Play(script.Frames.Take(4));

        Assert.True(bench.Feed(script.Frames[4]).IsDrop);

        TcpInconsistent said = Assert.Single(bench.Of<TcpInconsistent>()).Body<TcpInconsistent>();
        Assert.Equal(1001u + 2, said.FirstDifference);
    }

    [Fact]
    public void Gives_up_the_first_hole_when_a_stream_holds_its_cap()
    {
        StreamSettings settings = new()
        {
            StreamMax = 4, SlabBytesMax = 1 << 20, RunMax = 4096, HeldBytesMax = 64 * 1024,
        };
        using StackBench bench = new(settings: settings);
        TcpScript script = Script().Handshake().ClientSegment(0, "start");
        for (int i = 0; i < 200; i++)
        {
            script.ClientSegment(1000 + (i * 1000), new byte[1000]);
        }

        bench.Play(script);

        Assert.Equal((5ul, 995u, GapReason.MemoryCap), bench.GapsOf(Side.Client)[0]);
        Assert.Equal(200_005, bench.BytesOf(Side.Client).Length);
    }

    [Fact]
    public void Prefers_near_bytes_to_far_ones_at_the_cap()
    {
        StreamSettings settings = new()
        {
            StreamMax = 4, SlabBytesMax = 1 << 20, RunMax = 4096, HeldBytesMax = 16 * 1024,
        };
        using StackBench bench = new(settings: settings);
        TcpScript script = Script().Handshake();
        for (int i = 20; i >= 1; i--)
        {
            script.ClientSegment(i * 1000, new byte[1000]);
        }

        bench.Play(script.ClientSegment(0, new byte[1000]));

        Assert.Empty(bench.Of<DataGap>());
        Assert.InRange(bench.BytesOf(Side.Client).Length, 8000, 17_000);
    }

    [Fact]
    public void Replays_kept_bytes_to_a_late_subscriber()
    {
        using StackBench bench = new(keep: new StreamKeep(StreamKeepKind.From, 0));
        bench.Play(Script().Handshake().ClientSends("first ").ClientSends("second"));
        int before = bench.Seen.Count;

        bench.Stack.Replay(StackBench.Slot, ref bench.Flow, 1, 0);
        bench.DeliverPending();

        SeenEvent[] replay = [.. bench.Seen.Skip(before)];
        Assert.All(replay, e => Assert.True((e.Record.Flags & EventFlags.Replay) != 0));
        Assert.Equal("first second", Encoding.Latin1.GetString([.. replay.SelectMany(e => e.Bytes)]));
    }

    [Fact]
    public void Says_what_is_gone_when_a_replay_starts_before_what_is_kept()
    {
        using StackBench bench = new(keep: new StreamKeep(StreamKeepKind.Last, 100));
        bench.Play(Script().Handshake().ClientSends(10_000));
        int before = bench.Seen.Count;

        bench.Stack.Replay(StackBench.Slot, ref bench.Flow, 1, 0);
        bench.DeliverPending();

        SeenEvent[] replay = [.. bench.Seen.Skip(before)];
        DataReady gap = replay[0].Body<DataGap>().Data;
        ulong kept = (ulong)replay.Skip(1).Sum(e => (long)e.Bytes.Length);
        Assert.Equal(0ul, gap.Offset);
        Assert.Equal(10_000ul, gap.Length + kept);
        Assert.InRange(kept, 100ul, 2_300ul);
    }

    private static TcpScript Script() => TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80");

    private static string Text(StackBench bench, Side side) => Encoding.Latin1.GetString(bench.BytesOf(side));
}
