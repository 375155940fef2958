using CsCheck;
using Dataplane.Events;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>Random segmentation, order, repeats, overlaps and losses of a known stream.</summary>
public sealed class StreamPropertyTests
{
    private static readonly Gen<Transfer> Transfers =
        from length in Gen.Int[1, 6000]
        from cuts in Gen.Int[1, 1400].Array[1, 60]
        from order in Gen.Int[0, 1_000_000].Array[120]
        from repeats in Gen.Int[0, 59].Array[0, 20]
        from widen in Gen.Int[0, 200].Array[60]
        from initial in Gen.OneOf(Gen.UInt, Gen.Const(uint.MaxValue), Gen.Const(0x7FFF_FF00u))
        from window in Gen.Int[1, 12]
        select new Transfer(length, cuts, order, repeats, widen, initial, window);

    [Fact]
    public void Any_order_with_repeats_and_overlaps_gives_the_same_bytes() =>
        Transfers.Sample(
            transfer =>
            {
                byte[] stream = Bytes(transfer.Length);
                using StackBench bench = new();
                bench.Play(Script(transfer).Handshake());
                bench.Play(Frames(transfer, Segments(transfer), stream));
                bench.End();

                Assert.Equal(stream, bench.BytesOf(Side.Client));
                Assert.Empty(bench.GapsOf(Side.Client));
                Assert.Equal(0u, bench.Stack.Streams.HeldSlabBytes);
                AssertContiguous(bench);
            },
            iter: 400);

    [Fact]
    public void What_is_lost_is_announced_as_gaps_and_nothing_else() =>
        Gen.Select(Transfers, Gen.Int[0, 59].Array[1, 8]).Sample(
            (transfer, lost) =>
            {
                byte[] stream = Bytes(transfer.Length);
                List<(int From, int To)> all = Segments(transfer);
                List<(int From, int To)> kept = [.. all.Where((_, i) => !lost.Contains(i))];
                bool[] have = new bool[stream.Length];
                kept.ForEach(segment => Array.Fill(have, true, segment.From, segment.To - segment.From));
                using StackBench bench = new();
                bench.Play(Script(transfer).Handshake());
                bench.Play(Frames(transfer, kept, stream));
                bench.End();

                Assert.Equal(stream.Where((_, i) => have[i]), bench.BytesOf(Side.Client));
                bool[] gaps = new bool[stream.Length];
                foreach ((ulong offset, uint length, GapReason reason) in bench.GapsOf(Side.Client))
                {
                    Assert.Equal(GapReason.Lost, reason);
                    Array.Fill(gaps, true, (int)offset, (int)length);
                }
                int last = Array.LastIndexOf(have, true);
                Assert.Equal(have.Take(last + 1).Select(there => !there), gaps.Take(last + 1));
                AssertContiguous(bench);
            },
            iter: 400);

    [Fact]
    public void Memory_stays_under_the_cap_whatever_comes() =>
        Gen.Select(Gen.Int[0, 2_000_000].Array[1, 300], Gen.Int[1, 1400].Array[300],
            Gen.Bool.Array[300]).Sample(
            (offsets, lengths, acknowledges) =>
            {
                const uint Cap = 32 * 1024;
                StreamSettings settings = new()
                {
                    StreamMax = 4, SlabBytesMax = 64 * 1024, RunMax = 64, HeldBytesMax = Cap,
                };
                using StackBench bench = new(settings: settings);
                TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake();
                for (int i = 0; i < offsets.Length; i++)
                {
                    script.ClientSegment(offsets[i], new byte[lengths[i]]);
                    if (acknowledges[i])
                    {
                        script.ServerAcks();
                    }
                }
                foreach (Frame frame in script.Frames)
                {
                    bench.Feed(frame);
                    Assert.True(bench.Stack.Streams.HeldSlabBytes <= Cap + SlabPool.PieceBytesMax);
                }
                bench.End();
                Assert.Equal(0u, bench.Stack.Streams.HeldSlabBytes);
                AssertContiguous(bench);
            },
            iter: 150);

    [Fact]
    public void A_hundred_thousand_holes_cost_no_more_each_than_a_thousand()
    {
        StreamSettings settings = new()
        {
            StreamMax = 4, SlabBytesMax = 16 << 20, RunMax = 120_000, HeldBytesMax = 16 << 20,
        };
        HeldPool pool = new(settings.RunMax, settings.SlabBytesMax, 1);
        uint root = SlabPool.None;
        var random = new Random(7);
        for (int i = 0; i < 100_000; i++)
        {
            pool.TryCopy((ulong)random.NextInt64(1L << 40), [1], out uint run);
            pool.Insert(ref root, run);
        }

        Assert.InRange(DepthOf(pool, root), 17, 64);
        pool.Dispose();
    }

    private static int DepthOf(HeldPool pool, uint root)
    {
        int depth = 0;
        var level = new List<uint> { root };
        while (level.Count > 0)
        {
            depth++;
            level = [.. level.SelectMany(run => new[] { pool[run].Left, pool[run].Right })
                .Where(run => run != SlabPool.None)];
        }
        return depth;
    }

    /// <summary>Data and gaps follow one another without a hole or an overlap.</summary>
    private static void AssertContiguous(StackBench bench)
    {
        ulong next = 0;
        foreach (SeenEvent e in bench.Of<DataReady>().Where(e => e.Record.Sender == Side.Client))
        {
            DataReady data = e.Body<DataReady>();
            Assert.Equal(next, data.Offset);
            next += data.Length;
        }
    }

    private static TcpScript Script(Transfer transfer) =>
        TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").WithSequences(transfer.Initial, 77);

    private static List<(int From, int To)> Segments(Transfer transfer)
    {
        var segments = new List<(int From, int To)>();
        int at = 0;
        for (int i = 0; at < transfer.Length; i++)
        {
            int end = Math.Min(transfer.Length, at + transfer.Cuts[i % transfer.Cuts.Length]);
            segments.Add((Math.Max(0, at - transfer.Widen[i % transfer.Widen.Length]), end));
            at = end;
        }
        segments.AddRange(transfer.Repeats.Where(r => r < segments.Count).Select(r => segments[r]).ToArray());
        return segments;
    }

    /// <summary>The segments in a random order that never strays farther than the window.</summary>
    private static IEnumerable<Frame> Frames(
        Transfer transfer, List<(int From, int To)> segments, byte[] stream)
    {
        TcpScript script = Script(transfer).Handshake();
        IEnumerable<(int From, int To)> shuffled = segments
            .Select((segment, i) => (segment, place: i + (transfer.Order[i % 120] % (transfer.Window * 4))))
            .OrderBy(pair => pair.place).Select(pair => pair.segment);
        foreach ((int from, int to) in shuffled)
        {
            script.ClientSegment(from, stream[from..to]);
        }
        return script.Frames.Skip(3);
    }

    private static byte[] Bytes(int length) =>
        [.. Enumerable.Range(0, length).Select(i => (byte)((i * 31) ^ (i >> 8)))];

    private sealed record Transfer(
        int Length, int[] Cuts, int[] Order, int[] Repeats, int[] Widen, uint Initial, int Window);
}
