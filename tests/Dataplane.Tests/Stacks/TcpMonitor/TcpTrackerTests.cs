using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>States by RFC 9293, 3.3.2, and findings by the rules of Wireshark's analysis.</summary>
public sealed class TcpTrackerTests
{
    [Fact]
    public void Both_halves_go_through_the_handshake()
    {
        using StackBench bench = new();
        TcpScript script = Script().Syn().SynAck().ClientAcks();

        bench.Feed(script.Frames[0]);
        Assert.Equal((TcpState.SynSent, TcpState.SynReceived), States(bench));
        bench.Feed(script.Frames[1]);
        Assert.Equal((TcpState.Established, TcpState.SynReceived), States(bench));
        bench.Feed(script.Frames[2]);
        Assert.Equal((TcpState.Established, TcpState.Established), States(bench));

        TcpEstablished said = bench.Of<TcpEstablished>(Side.Server).Single().Body<TcpEstablished>();
        Assert.Equal(200_000u, said.HandshakeRttNs);
    }

    [Fact]
    public void The_end_that_closes_first_waits_and_the_other_is_done()
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake().ClientFins().ServerAcks().ServerFins().ClientAcks();

        bench.Play(script.Frames.Take(4));
        Assert.Equal((TcpState.FinWait1, TcpState.CloseWait), States(bench));
        bench.Feed(script.Frames[4]);
        Assert.Equal((TcpState.FinWait2, TcpState.CloseWait), States(bench));
        bench.Feed(script.Frames[5]);
        Assert.Equal((TcpState.TimeWait, TcpState.LastAck), States(bench));
        bench.Feed(script.Frames[6]);
        Assert.Equal((TcpState.TimeWait, TcpState.Closed), States(bench));
    }

    [Fact]
    public void Ends_that_close_at_once_meet_in_closing()
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake()
            .ClientRaw(TcpFlags.Fin | TcpFlags.Ack, 0, []).ServerRaw(TcpFlags.Fin | TcpFlags.Ack, 0, []);

        bench.Play(script);

        Assert.Equal(TcpState.Closing, bench.Client.State);
    }

    [Fact]
    public void A_FIN_that_overtakes_data_counts_when_its_turn_comes()
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake().ClientRaw(TcpFlags.Fin | TcpFlags.Ack, 4, [])
            .ClientSegment(0, "late");

        bench.Play(script.Frames.Take(4));
        Assert.Equal(TcpState.Established, bench.Server.State);
        bench.Play(script.Frames.Skip(4));

        Assert.Equal(TcpState.CloseWait, bench.Server.State);
        Assert.Single(bench.Of<DataEnd>());
    }

    [Fact]
    public void A_reset_at_the_next_number_closes_both()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSends("x").ServerResets());

        Assert.Equal((TcpState.Closed, TcpState.Closed), States(bench));
    }

    [Fact]
    public void A_reset_elsewhere_in_the_window_is_challenged()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSends("x").ServerRaw(TcpFlags.Rst, 5000, []));

        Assert.Equal((TcpState.Established, TcpState.Established), States(bench));
        Assert.Contains(bench.Of<TcpError>(Side.Client),
            e => e.Body<TcpError>().Why == (byte)TcpErrorReason.Challenge);
    }

    [Fact]
    public void A_connection_met_in_the_middle_is_taken_as_established()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSends("abc").Frames.Skip(3));

        Assert.Equal((TcpState.Established, TcpState.Established), States(bench));
        Assert.Equal(TcpOrigin.Midstream, bench.Client.Origin);
        Assert.Equal("abc"u8.ToArray(), bench.BytesOf(Side.Client));
    }

    [Fact]
    public void One_direction_alone_is_followed_as_far_as_it_shows()
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake()
            .ClientSends("abc").ServerSends("def").ClientSends("ghi").Close();

        bench.Play(script.Frames.Where(frame => frame.Bytes[26 + 3] == 1));
        bench.End();

        Assert.Equal("abcghi"u8.ToArray(), bench.BytesOf(Side.Client));
        Assert.Empty(bench.Of<DataGap>());
    }

    [Theory]
    [InlineData(1, RetransmissionKind.Spurious)]
    [InlineData(0, RetransmissionKind.Plain)]
    public void A_repeat_is_spurious_when_its_bytes_were_acknowledged(
        int acknowledged, RetransmissionKind kind)
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake().ClientSegment(0, "abc");
        script = acknowledged != 0 ? script.ServerAcks() : script;

        bench.Play(script.Wait(TimeSpan.FromSeconds(1)).ClientRetransmits());

        SeenEvent said = bench.Of<TcpRetransmission>(Side.Server).Single();
        Assert.Equal((byte)kind, said.Body<TcpRetransmission>().Kind);
    }

    [Fact]
    public void A_repeat_soon_after_two_duplicates_for_it_is_fast()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSegment(0, "abc").Unseen().ClientSegment(3, "def")
            .ServerRaw(TcpFlags.Ack, 0, []).ServerRaw(TcpFlags.Ack, 0, []).ServerRaw(TcpFlags.Ack, 0, [])
            .ClientSegment(0, "abc"));

        Assert.Empty(bench.Of<TcpReorder>());
        Assert.Equal((byte)AcknowledgmentKind.Unseen,
            bench.Of<TcpAcknowledgment>(Side.Client).First().Body<TcpAcknowledgment>().Kind);
    }

    [Fact]
    public void A_late_segment_is_reordered_within_a_round_trip_and_repeated_after_it()
    {
        using StackBench soon = new();
        using StackBench late = new();

        soon.Play(Script().Handshake().ClientSegment(3, "def").ClientSegment(0, "abc"));
        late.Play(Script().Handshake().ClientSegment(3, "def").Wait(TimeSpan.FromMilliseconds(50))
            .ClientSegment(0, "abc"));

        Assert.Single(soon.Of<TcpReorder>(Side.Server));
        Assert.Single(late.Of<TcpRetransmission>(Side.Server));
    }

    [Fact]
    public void Keep_alives_and_their_answers_are_told_from_repeats()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSends("abc").ClientRaw(TcpFlags.Ack, 2, [0]).ServerAcks());

        Assert.Equal(
            [(byte)AcknowledgmentKind.KeepAlive],
            Received(bench, Side.Server).Select(e => e.Body<TcpAcknowledgment>().Kind));
        Assert.Equal(
            [(byte)AcknowledgmentKind.KeepAliveAnswer],
            Received(bench, Side.Client).Select(e => e.Body<TcpAcknowledgment>().Kind));
        Assert.Empty(bench.Of<TcpRetransmission>());
        Assert.Equal("abc"u8.ToArray(), bench.BytesOf(Side.Client));
    }

    [Fact]
    public void A_closed_window_its_probe_and_its_opening_are_told()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSends("abc").ServerWindow(0).ServerAcks()
            .ClientSegment(3, "d").ServerWindow(9000).ServerAcks());

        Assert.Equal(
            [(byte)WindowKind.Zero, (byte)WindowKind.Probe],
            bench.Of<TcpWindow>().Where(e => e.Record.Half != e.Record.Sender)
                .Select(e => e.Body<TcpWindow>().Kind).Take(2));
    }

    [Fact]
    public void A_SYN_with_another_number_begins_another_connection_and_the_old_one_is_finished_first()
    {
        using StackBench bench = new();
        bench.Play(Script().Handshake().ClientSegment(0, "old").ClientSegment(9, "held"));
        int before = bench.Seen.Count;

        bench.Play(Script().WithSequences(9_000_000, 1).Handshake().ClientSends("new"));

        string[] paths = [.. bench.Seen.Skip(before).Select(e => e.Path).Take(5)];
        Assert.Equal(
            ["EVENT/DATA_RDY/GAP", "EVENT/DATA_RDY", "EVENT/DATA_RDY/EOF", "EVENT/DATA_RDY/EOF",
                "EVENT/FLOW/REUSED"], paths);
        Assert.Equal("oldheldnew"u8.ToArray(), bench.BytesOf(Side.Client));
    }

    [Fact]
    public void A_new_connection_begun_by_the_server_turns_the_roles()
    {
        using StackBench bench = new();
        bench.Play(Script().Handshake());

        bench.Play(TcpScript.Between("10.0.0.2:80", "10.0.0.1:4000").WithSequences(5, 6)
            .Handshake().ClientSends("hi"));

        Assert.True((bench.Flow.Flags & FlowFlags.ClientIsB) != 0);
        Assert.Equal("hi"u8.ToArray(), bench.BytesOf(Side.Client));
    }

    [Fact]
    public void Events_of_a_packet_come_in_the_order_sender_receiver_bytes()
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake().ClientSegment(0, "abc");
        bench.Play(script.Frames.Take(3));
        int before = bench.Seen.Count;

        bench.Feed(script.Frames[3]);

        Assert.Equal(
            [("EVENT/PKT/TCP", Side.Client), ("EVENT/PKT/TCP", Side.Server), ("EVENT/DATA_RDY", Side.Server)],
            bench.Seen.Skip(before).Select(e => (e.Path, e.Record.Half)));
    }

    [Fact]
    public void A_bypassed_flow_is_only_watched_and_later_resumes_in_a_new_epoch()
    {
        using StackBench bench = new(depth: StackDepth.Bypass);
        TcpScript script = Script().Handshake().ClientSends("unheard").ClientSends("heard").ClientFins();
        bench.Play(script.Frames.Take(5));
        Assert.Empty(bench.Seen);

        bench.Flow.Depth = bench.Links.DepthOf(1);
        bench.Play(script.Frames.Skip(5));

        Assert.Equal("heard"u8.ToArray(), bench.BytesOf(Side.Client));
        SeenEvent first = bench.Of<DataReady>().First(e => e.Record.Sender == Side.Client);
        Assert.Equal("EVENT/DATA_RDY/GAP", first.Path);
        Assert.True((first.Record.Flags & EventFlags.NewEpoch) != 0);
        Assert.Contains(
            bench.Of<TcpStateChange>(), e => e.Body<TcpStateChange>().Origin == (byte)TcpOrigin.Resumed);
    }

    [Fact]
    public void The_quick_way_for_plain_segments_does_what_the_full_way_does()
    {
        var random = new Random(11);
        for (int round = 0; round < 3000; round++)
        {
            TcpHalf[] quick = new TcpHalf[2];
            TcpHalf[] full = new TcpHalf[2];
            uint[] next = [(uint)random.NextInt64(1L << 32), (uint)random.NextInt64(1L << 32)];
            for (int i = 0; i < 40; i++)
            {
                int side = i < 3 ? i & 1 : random.Next(2);
                byte flags = i switch
                {
                    0 => TcpSegment.Syn,
                    1 => TcpSegment.Syn | TcpSegment.Ack,
                    _ => random.Next(30) == 0 ? (byte)random.Next(64) : TcpSegment.Ack,
                };
                uint length = i < 3 || random.Next(2) == 0 ? 0 : (uint)random.Next(1, 1000);
                uint jitter = random.Next(12) == 0 ? (uint)random.Next(-2000, 2000) : 0;
                uint late = random.Next(4) == 0 ? (uint)random.Next(0, 900) : 0;
                ushort window = (ushort)(random.Next(9) == 0 ? random.Next(3) : 8000);
                var segment = new TcpSegment(
                    next[side] + jitter, i == 0 ? 0 : next[1 - side] - late, length,
                    (uint)(i * 700), window, flags);
                next[side] += length + (i < 2 ? 1u : 0);

                TcpTracker.Advance(ref quick[side], ref quick[1 - side], in segment, out TcpStep one);
                TcpTracker.AdvanceInFull(ref full[side], ref full[1 - side], in segment, out TcpStep two);

                Assert.Equal(two, one);
                Assert.Equal(Hex(full), Hex(quick));
            }
        }
    }

    [Fact]
    public void Random_and_mutated_segments_never_throw()
    {
        var random = new Random(20);
        using StackBench bench = new();
        Frame[] frames = [.. Script().Handshake().ClientSends(3000).ServerSends(3000).Close().Frames];
        for (int i = 0; i < 60_000; i++)
        {
            Frame frame = frames[random.Next(frames.Length)];
            byte[] bytes = [.. frame.Bytes[..random.Next(14, frame.Bytes.Length + 1)]];
            for (int change = random.Next(4); change > 0; change--)
            {
                int at = random.Next(3) == 0
                    ? random.Next(bytes.Length)
                    : Math.Min(38 + random.Next(16), bytes.Length - 1);
                bytes[at] = (byte)random.Next(256);
            }
            bench.NextVerdict = random.Next(50) == 0 ? Verdict.DropPacket : Verdict.Pass;
            bench.Feed(new Frame(frame.TimestampNs + (i * 1000L), bytes));
        }
        bench.End();

        Assert.Equal(0u, bench.Stack.Streams.OpenCount);
        Assert.Equal(0u, bench.Stack.Streams.HeldSlabBytes);
    }

    private static string Hex(TcpHalf[] halves) => string.Join(
        ' ', halves.Select(half => Convert.ToHexString(Reinterpret.BytesOf(in half))));

    private static IEnumerable<SeenEvent> Received(StackBench bench, Side half) =>
        bench.Of<TcpAcknowledgment>(half).Where(e => e.Record.Sender != half);

    private static (TcpState Client, TcpState Server) States(StackBench bench) =>
        (bench.Client.State, bench.Server.State);

    private static TcpScript Script() => TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80");
}
