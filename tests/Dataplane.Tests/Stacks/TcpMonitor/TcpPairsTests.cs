using CsCheck;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>Who holds halves, and what happens when none are left.</summary>
public sealed class TcpPairsTests
{
    private static readonly string[] States =
    [
        ChainBench.NfHearing("r", "recorder",
            """{"name":"all","half":"both","events":["EVENT/TCP/STATE"]}"""),
    ];

    [Fact]
    public void Gives_each_pair_once_and_again_when_it_was_given_back()
    {
        using var pairs = new TcpPairs(3);
        uint[] taken = [pairs.Take(), pairs.Take(), pairs.Take()];

        Assert.Equal([1u, 2u, 3u], taken.Order());
        Assert.Equal(TcpPairs.Staging, pairs.Take());
        pairs.Give(2);
        pairs.Give(1);
        Assert.Equal((1u, 2u), (pairs.Take(), pairs.Take()));
        Assert.Equal((TcpPairs.Staging, 3u), (pairs.Take(), pairs.UsedCount));
    }

    [Fact]
    public void Never_gives_a_pair_to_two_flows_in_any_order_of_calls()
    {
        Gen.Int[0, 9].List[1, 400].Sample(
            steps =>
            {
                using var pairs = new TcpPairs(8);
                var held = new List<uint>();
                foreach (int step in steps)
                {
                    if (step < 6)
                    {
                        uint pair = pairs.Take();
                        Assert.True(pair == TcpPairs.Staging ? held.Count == 8 : !held.Contains(pair));
                        held.AddRange(pair == TcpPairs.Staging ? [] : [pair]);
                    }
                    else if (held.Count != 0)
                    {
                        int at = step % held.Count;
                        pairs.Give(held[at]);
                        held.RemoveAt(at);
                    }
                }
                return pairs.UsedCount == held.Count;
            },
            iter: 200, threads: 1);
    }

    [Fact]
    public void A_first_SYN_holds_no_halves_and_loses_nothing_of_what_it_said()
    {
        Gen.Select(Gen.UInt, Gen.UShort, Gen.Int[-1, 14], Gen.Bool, Gen.UInt).Sample(
            (sequence, window, shift, hasStamp, stamp) =>
            {
                byte[] scale = shift < 0 ? [] : [3, 3, (byte)shift, 1];
                byte[] stamps = hasStamp
                    ? [1, 1, 8, 10, (byte)(stamp >> 24), (byte)(stamp >> 16), (byte)(stamp >> 8), (byte)stamp,
                        0, 0, 0, 0]
                    : [];
                using var bench = new StackBench(StackDepth.ClientHalf | StackDepth.ServerHalf);
                bench.Feed(PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2")
                    .Tcp(4000, 80, sequence, 0, TcpFlags.Syn, window, [.. scale, .. stamps])
                    .At(1_700_000_000_123_456_000));
                (TcpHalf client, TcpHalf server) = (bench.Client, bench.Server);

                Assert.True(bench.Flow.Flags.HasFlag(FlowFlags.Embryonic));
                Assert.Equal((0u, 0ul), (bench.Stack.Pairs.UsedCount, bench.Flow.ServerBytes));
                bench.Stack.Hatch(ref bench.Flow, StackBench.Slot);
                Assert.Equal((client, server), (bench.Client, bench.Server));
                return bench.Stack.Pairs.UsedCount == 1;
            },
            iter: 500, threads: 1);
    }

    [Fact]
    public void A_flow_gives_its_halves_back_when_it_ends_or_nobody_asks_for_them()
    {
        using var bench = new StackBench();
        bench.Play(TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake().ClientSends("x"));
        Assert.Equal(1u, bench.Stack.Pairs.UsedCount);

        bench.Flow.Depth = StackDepth.Bypass;
        bench.Stack.SubscriptionsChanged(StackBench.Slot, ref bench.Flow, bench.Depth);
        Assert.Equal(0u, bench.Stack.Pairs.UsedCount);
        bench.End();
        Assert.Equal((0u, 0u), (bench.Stack.Pairs.UsedCount, bench.Stack.Streams.OpenCount));
    }

    [Fact]
    public void A_SYN_that_is_dropped_leaves_no_trace_in_the_halves()
    {
        using var bench = new StackBench(more: LinkDemands.Gate);
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake().ClientSends("x");
        bench.NextVerdict = Verdict.DropPacket;
        bench.Feed(script.Frames[0]);
        Assert.False(bench.Flow.Flags.HasFlag(FlowFlags.HalvesValid));

        bench.Play(script.Frames);

        Assert.Equal((TcpState.Established, TcpState.Established), (bench.Client.State, bench.Server.State));
        Assert.Equal("x"u8.ToArray(), bench.BytesOf(Side.Client));
    }

    [Fact]
    public void A_flow_that_finds_no_halves_is_bypassed_counted_once_and_picked_up_when_some_are_free()
    {
        using NfBench bench = NfBench.Sized(64, 2, States, typeof(Recorder));
        long start = 1_700_000_000_000_000_000;
        TcpScript[] scripts = [.. Enumerable.Range(0, 3).Select(i => TcpScript
            .Between($"10.0.0.1:{4000 + i}", "10.0.0.2:80").StartingAt(start + i).Handshake()
            .ClientSends("a"))];
        bench.Play(Frame.Merge([.. scripts.Select(script => script.Frames)]));
        TcpPairs pairs = bench.Parts.Tcp.Pairs;

        Assert.Equal((3u, 2u, 1ul), (bench.Flows.Count, pairs.UsedCount, pairs.RefusedCount));
        Assert.Equal(1, Unfollowed(bench));

        // The first ends; after its time is up, the third one's next segment finds its halves.
        bench.Play(scripts[0].Wait(TimeSpan.FromSeconds(1)).Close().Frames.TakeLast(4));
        bench.Play(scripts[2].Wait(TimeSpan.FromSeconds(30)).ClientSends("b").Frames.TakeLast(2));

        Assert.Equal((2u, 2u, 1ul), (bench.Flows.Count, pairs.UsedCount, pairs.RefusedCount));
        Assert.Equal(0, Unfollowed(bench));
    }

    [Fact]
    public void A_flood_of_SYNs_takes_no_halves_and_no_event_from_connections_that_stand()
    {
        const int Standing = 40, Spoofed = 20_000, Rounds = 50;
        using NfBench bench = NfBench.Sized(1_024, 64, States, typeof(Recorder));
        TcpScript[] scripts = [.. Enumerable.Range(0, Standing).Select(i => TcpScript
            .Between($"10.0.0.1:{4000 + i}", "10.0.0.2:80").Every(TimeSpan.FromMicroseconds(1)).Handshake())];
        bench.Play(Frame.Merge([.. scripts.Select(script => script.Frames)]));
        long now = scripts[0].NowNs;
        for (int round = 0; round < Rounds; round++)
        {
            int first = round * Spoofed / Rounds;
            bench.Play(Enumerable.Range(first, Spoofed / Rounds).Select(i => PacketBuilder.Ethernet()
                .Ipv4($"11.{i >> 16}.{(i >> 8) & 255}.{i & 255}", "10.0.0.2")
                .Tcp(1024 + (i % 60_000), 80, (uint)i, 0, TcpFlags.Syn).At(now + (i * 1_000L))));
        }

        TcpPairs pairs = bench.Parts.Tcp.Pairs;
        Assert.Equal(((uint)Standing, 0ul), (pairs.UsedCount, pairs.RefusedCount));
        Assert.Equal(1_024u, bench.Flows.Count);
        Assert.InRange(bench.Parts.Counters.FlowsEvicted, (ulong)Spoofed - 1_024, (ulong)Spoofed);

        now += Spoofed * 1_000L;
        bench.Play(Frame.Merge(
            [.. scripts.Select(script => script.StartingAt(now).Close().Frames.TakeLast(4))]));
        Recorder recorder = (Recorder)bench.Runner.Chains[0].Functions[0];
        Assert.Equal(Standing, recorder.Events.Count(e => e.Path == "EVENT/TCP/STATE/TIME_WAIT"));
    }

    private static int Unfollowed(NfBench bench)
    {
        int count = 0;
        for (uint slot = 0; slot < bench.Flows.FlowMax; slot++)
        {
            ref readonly FlowEntry flow = ref bench.Flows[slot];
            count += flow.InUse && (flow.Flags & FlowFlags.Unfollowed) != 0 ? 1 : 0;
        }
        return count;
    }
}
