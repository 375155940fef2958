using System.Buffers.Binary;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Dataplane.Stacks;
using Dataplane.Stacks.TcpMonitor;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>What a receiver would not take (RFC 9293, 5961, 7323), as live traffic is judged.</summary>
public sealed class TcpAcceptanceRulesTests
{
    private static readonly TcpSettings Strict = new() { IsStrict = true };

    [Fact]
    public void A_SYN_inside_an_open_connection_changes_nothing_until_it_is_answered()
    {
        using StackBench bench = new(tcp: Strict);

        bench.Play(Script().Handshake().ClientSends("before"));
        bench.Feed(Raw(TcpFlags.Syn, 77_777, 0, []));
        bench.Play(Later(Script().Handshake().ClientSends("before"), s => s.ClientSends(" after")));

        Assert.Equal("before after", Text(bench, Side.Client));
        Assert.Equal(TcpState.Established, bench.Client.State);
        Assert.Empty(bench.Of<FlowReused>());
        Assert.Contains(bench.Of<TcpAnomaly>(), e => e.Path == "EVENT/TCP/ANOMALY/SYN_INSIDE");
        Assert.Contains(bench.Of<TcpError>(), e => e.Path == "EVENT/TCP/ERROR/CHALLENGE");
    }

    [Fact]
    public void A_SYN_inside_that_the_server_answers_begins_a_connection_of_its_own()
    {
        using StackBench bench = new(tcp: Strict);
        bench.Play(Script().Handshake().ClientSends("old"));

        bench.Play(Script().WithSequences(900_000, 7_000_000).Handshake().ClientSends("new"));

        Assert.Single(bench.Of<FlowReused>());
        Assert.Equal("oldnew", Text(bench, Side.Client));
        Assert.Equal([0ul, 0ul], bench.Of<DataReady>(Side.Server)
            .Where(e => e.Record.Sender == Side.Client && e.Bytes.Length != 0)
            .Select(e => e.Body<DataReady>().Offset));
        Assert.Equal((TcpState.Established, TcpState.Established), (bench.Client.State, bench.Server.State));
    }

    [Fact]
    public void In_a_capture_a_SYN_of_another_number_begins_a_connection_at_once()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSends("old"));
        bench.Feed(Raw(TcpFlags.Syn, 77_777, 0, []));

        Assert.Single(bench.Of<FlowReused>());
        Assert.Contains(bench.Of<TcpAnomaly>(), e => e.Path == "EVENT/TCP/ANOMALY/SYN_INSIDE");
    }

    [Fact]
    public void After_both_FINs_a_SYN_begins_a_connection_at_once()
    {
        using StackBench bench = new(tcp: Strict);

        bench.Play(Script().Handshake().ClientSends("old").Close());
        bench.Feed(Raw(TcpFlags.Syn, 77_777, 0, []));

        Assert.Single(bench.Of<FlowReused>());
        Assert.DoesNotContain(bench.Of<TcpAnomaly>(), e => e.Path == "EVENT/TCP/ANOMALY/SYN_INSIDE");
    }

    [Theory]
    [InlineData(0, true, "")] // exactly the next number
    [InlineData(100, false, "CHALLENGE")] // in the window
    [InlineData(-1, false, "CHALLENGE")]
    [InlineData(2_000_000_000, false, "OUT_OF_WINDOW")]
    public void A_reset_closes_only_at_the_next_number(int ahead, bool closes, string error)
    {
        using StackBench bench = new(tcp: Strict);
        bench.Play(Script().Handshake().ClientSends("abc").ServerSends("def"));

        bench.Feed(Raw(TcpFlags.Rst, unchecked(1004u + (uint)ahead), 0, []));

        Assert.Equal(closes ? TcpState.Closed : TcpState.Established, bench.Server.State);
        Assert.Equal(closes, bench.Of<TcpAnomaly>().All(
            e => e.Path != "EVENT/TCP/ANOMALY/SUSPECTED_RST_INJECT"));
        Assert.Equal(closes, (bench.Flow.Flags & FlowFlags.ResetSeen) != 0);
        Assert.Equal(
            error.Length == 0 ? [] : [$"EVENT/TCP/ERROR/{error}"],
            bench.Of<TcpError>(Side.Server).Select(e => e.Path));
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(100_000u, true)] // less than the scaled window behind
    [InlineData(0x0100_0000u, false)] // more
    [InlineData(0x4000_0000u, false)]
    public void Data_with_an_acknowledgment_far_behind_is_none_of_the_streams(uint behind, bool isTaken)
    {
        using StackBench bench = new(tcp: Strict);
        bench.Play(Script().Handshake().ClientSends("abc"));

        bench.Feed(Raw(TcpFlags.Psh | TcpFlags.Ack, 1004, 5_000_001 - behind, "def"u8.ToArray()));

        Assert.Equal(isTaken ? "abcdef" : "abc", Text(bench, Side.Client));
    }

    [Fact]
    public void Data_outside_the_window_is_told_of_and_left_out()
    {
        using StackBench bench = new(tcp: Strict);
        bench.Play(Script().Handshake().ClientSends("abc"));

        bench.Feed(Raw(TcpFlags.Psh | TcpFlags.Ack, 1004 + 0x0100_0000, 5_000_001, "evil"u8.ToArray()));
        bench.End();

        Assert.Equal("abc", Text(bench, Side.Client));
        Assert.Empty(bench.GapsOf(Side.Client));
        Assert.Contains(bench.Of<TcpError>(), e => e.Path == "EVENT/TCP/ERROR/OUT_OF_WINDOW");
    }

    [Fact]
    public void Data_without_the_ACK_flag_is_told_of_and_left_out()
    {
        using StackBench bench = new(tcp: Strict);
        bench.Play(Script().Handshake());

        bench.Feed(Raw(TcpFlags.Psh, 1001, 0, "evil"u8.ToArray()));

        Assert.Empty(Text(bench, Side.Client));
        Assert.Contains(bench.Of<TcpAnomaly>(), e => e.Path == "EVENT/TCP/ANOMALY/NO_ACK_FLAG");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_segment_with_an_old_time_stamp_is_left_out(bool isStrict)
    {
        using StackBench bench = new(tcp: new TcpSettings { IsStrict = isStrict });
        bench.Play(WithTimestamps(1000, 5000));

        bench.Feed(Stamped(1001, 5_000_001, 900, 5000, "evil"));
        bench.Feed(Stamped(1001, 5_000_001, 1002, 5000, "good"));

        Assert.Equal("good", Text(bench, Side.Client));
        Assert.Contains(bench.Of<TcpError>(), e => e.Path == "EVENT/TCP/ERROR/PAWS");
    }

    [Fact]
    public void Time_stamps_that_wrap_are_newer_and_one_tick_back_is_tolerated()
    {
        using StackBench bench = new(tcp: Strict);
        bench.Play(WithTimestamps(uint.MaxValue - 1, 5000));

        bench.Feed(Stamped(1001, 5_000_001, 3, 5000, "ab"));
        bench.Feed(Stamped(1003, 5_000_001, 2, 5000, "cd"));

        Assert.Equal("abcd", Text(bench, Side.Client));
        Assert.Empty(bench.Of<TcpError>());
    }

    [Fact]
    public void After_24_idle_days_any_time_stamp_is_taken()
    {
        using StackBench bench = new(tcp: Strict);
        bench.Play(WithTimestamps(1000, 5000));

        bench.Flow.Flags |= FlowFlags.LongIdle;
        bench.Feed(Stamped(1001, 5_000_001, 1, 5000, "late"));

        Assert.Equal("late", Text(bench, Side.Client));
        Assert.Equal(FlowFlags.None, bench.Flow.Flags & FlowFlags.LongIdle);
    }

    [Fact]
    public void An_echo_of_a_time_stamp_that_was_never_sent_is_told_of()
    {
        using StackBench bench = new(tcp: Strict);
        bench.Play(WithTimestamps(1000, 5000));

        bench.Feed(Stamped(1001, 5_000_001, 1001, 9999, "x"));

        Assert.Contains(bench.Of<TcpError>(), e => e.Path == "EVENT/TCP/ERROR/BAD_TIMESTAMP");
    }

    [Theory]
    [InlineData(ChecksumRule.Ignore, "evil", DropReason.None)]
    [InlineData(ChecksumRule.Report, "", DropReason.None)]
    [InlineData(ChecksumRule.Drop, "", DropReason.TcpBadChecksum)]
    public void A_wrong_checksum_is_treated_as_told(ChecksumRule rule, string stream, DropReason reason)
    {
        using StackBench bench = new(tcp: new TcpSettings { Checksums = rule });
        bench.Play(Script().Handshake());

        byte[] frame = Tcp(TcpFlags.Psh | TcpFlags.Ack, 1001, 5_000_001, []).Payload("evil"u8)
            .BreakChecksum().Build();
        StackResult result = bench.Feed(new Frame(5_000, frame));

        Assert.Equal(stream, Text(bench, Side.Client));
        Assert.Equal(reason, result.Reason);
    }

    [Fact]
    public void A_segment_that_may_not_arrive_is_left_out()
    {
        using StackBench bench = new(tcp: new TcpSettings { TtlMin = 5 });

        bench.Play(Script().Handshake().WithTtl(2).ClientSegment(0, "evil")
            .WithTtl(64).ClientSegment(0, "good"));

        Assert.Equal("good", Text(bench, Side.Client));
        Assert.Contains(bench.Of<TcpAnomaly>(), e => e.Path == "EVENT/TCP/ANOMALY/LOW_TTL");
    }

    [Theory]
    [InlineData(UrgentRule.Keep, "aXb")]
    [InlineData(UrgentRule.Drop, "")]
    public void Urgent_data_is_kept_or_dropped_by_policy(UrgentRule rule, string stream)
    {
        using StackBench bench = new(tcp: new TcpSettings { Urgent = rule }, more: LinkDemands.Gate);

        bench.Play(Script().Handshake()
            .ClientRaw(TcpFlags.Urg | TcpFlags.Ack, 0, "aXb"u8.ToArray()));

        Assert.Equal(stream, Text(bench, Side.Client));
        Assert.Contains(bench.Of<TcpAnomaly>(), e => e.Path == "EVENT/TCP/ANOMALY/URGENT_OOB");
        Assert.Equal(rule == UrgentRule.Keep ? 1 : 0, bench.Of<DataUrgent>().Count());
    }

    [Theory]
    [InlineData(false)] // four steps: SYN, SYN, SYN-ACK, ACK
    [InlineData(true)] // five: an ACK before the server's SYN
    public void A_split_handshake_is_told_of_and_followed(bool hasAckFirst)
    {
        using StackBench bench = new(tcp: Strict);
        TcpScript script = Script().Syn();
        script = hasAckFirst ? script.ServerRaw(TcpFlags.Ack, 500, []) : script;
        script = script.ServerRaw(TcpFlags.Syn, -1, [])
            .ClientRaw(TcpFlags.Syn | TcpFlags.Ack, -1, []).ServerRaw(TcpFlags.Ack, 0, []);

        bench.Play(script.ClientSends("request").ServerSends("answer"));

        Assert.Equal(("request", "answer"), (Text(bench, Side.Client), Text(bench, Side.Server)));
        Assert.Contains(bench.Of<TcpAnomaly>(), e => e.Path == "EVENT/TCP/ANOMALY/SPLIT_HANDSHAKE");
        Assert.Empty(bench.Of<FlowReused>());
        Assert.Equal((TcpState.Established, TcpState.Established), (bench.Client.State, bench.Server.State));
    }

    [Fact]
    public void A_SYN_ACK_for_a_number_nobody_chose_is_told_of_and_not_believed()
    {
        using StackBench bench = new(tcp: Strict);
        bench.Play(Script().Syn());

        bench.Feed(Raw(TcpFlags.Syn | TcpFlags.Ack, 123, 99_999, [], fromServer: true));
        bench.Play(Later(Script().Syn(), s => s.SynAck().ClientAcks().ClientSends("ok")));

        Assert.Contains(bench.Of<TcpAnomaly>(), e => e.Path == "EVENT/TCP/ANOMALY/HANDSHAKE_INJECT");
        Assert.Equal("ok", Text(bench, Side.Client));
    }

    [Fact]
    public void One_sided_traffic_is_delivered_and_its_hole_told_at_the_end()
    {
        using StackBench bench = new(tcp: Strict);
        TcpScript script = Script().Handshake().ClientSegment(0, "abc").ClientSegment(3, "XYZ").Unseen()
            .ClientSegment(6, "def");
        bench.Play(script.Frames.Where((_, i) => i != 1)); // no SYN-ACK, nothing of the server
        bench.End();

        Assert.Equal("abcdef", Text(bench, Side.Client));
        Assert.Equal((3ul, 3u, GapReason.Lost), Assert.Single(bench.GapsOf(Side.Client)));
    }

    [Fact]
    public void Attempts_and_rejections_are_told()
    {
        using StackBench attempt = new();
        attempt.Play(Script().Syn());
        attempt.End();
        Assert.Single(attempt.Of<TcpAttempt>());

        using StackBench rejected = new();
        rejected.Play(Script().Syn().ServerResets());
        rejected.End();
        Assert.NotEmpty(rejected.Of<TcpRejected>());
        Assert.Empty(rejected.Of<TcpAttempt>());
    }

    [Fact]
    public void The_first_FIN_and_storms_of_them_are_told()
    {
        using StackBench bench = new();
        TcpScript script = Script().Handshake().ClientFins().ServerAcks();
        for (int i = 0; i < 20; i++)
        {
            script.ClientRaw(TcpFlags.Fin | TcpFlags.Ack, 0, []);
        }

        bench.Play(script);

        Assert.Single(bench.Of<TcpHalfClosed>(Side.Server));
        Assert.Single(bench.Of<TcpAnomaly>(Side.Server),
            e => e.Path == "EVENT/TCP/ANOMALY/FIN_STORM");
    }

    [Fact]
    public void A_window_that_shrinks_is_told_but_not_one_that_fills()
    {
        using StackBench bench = new();

        bench.Play(Script().Handshake().ClientSends("abc").ServerWindow(1000).ServerAcks());
        Assert.Contains(bench.Of<TcpWindow>(), e => e.Body<TcpWindow>().Kind == (byte)WindowKind.Shrunk);

        using StackBench filling = new();
        filling.Play(Script().Handshake().ClientSegment(0, new byte[1280]).ServerWindow(65_525).ServerAcks());
        Assert.DoesNotContain(filling.Of<TcpWindow>(),
            e => e.Body<TcpWindow>().Kind == (byte)WindowKind.Shrunk);
    }

    [Fact]
    public void Who_wants_one_kind_of_segment_hears_of_that_kind_only()
    {
        using StackBench bench = new(types:
        [
            EventType<SynPacket>.Id, EventType<FinPacket>.Id, EventType<DuplicateAckPacket>.Id,
            EventKinds<OptionPacket>.TypeOf(1),
        ]);

        bench.Play(Script().Handshake().ClientSegment(0, "abc")
            .ServerAcks().ServerAcks().ServerAcks().Close());

        Assert.Equal(
            ["SYN", "WS", "DUPACK", "DUPACK", "FIN", "FIN"],
            bench.Of<TcpPacket>(Side.Server).Concat(bench.Of<TcpPacket>(Side.Client))
                .Where(e => e.Record.Half != e.Record.Sender).OrderBy(e => e.Record.EventNumber)
                .Select(e => e.Path.Split('/')[^1]));
    }

    [Theory]
    [InlineData(TcpFlags.None, BadTcpReason.NullFlags)]
    [InlineData(TcpFlags.Fin | TcpFlags.Urg | TcpFlags.Psh, BadTcpReason.XmasFlags)]
    [InlineData(TcpFlags.Syn | TcpFlags.Fin, BadTcpReason.SynAndFin)]
    [InlineData(TcpFlags.Syn | TcpFlags.Rst, BadTcpReason.SynAndReset)]
    public void Flags_that_no_end_sets_are_told(TcpFlags flags, BadTcpReason why)
    {
        using StackBench bench = new(types: EventType<BadTcpPacket>.Id);

        bench.Play(Script().Handshake().ClientRaw(flags, 0, []));

        SeenEvent said = bench.Of<BadTcpPacket>(Side.Server).Single();
        Assert.Equal((byte)why, said.Body<TcpPacket>().Packet.Why);
    }

    private static TcpScript Script() => TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80");

    private static string Text(StackBench bench, Side side) =>
        System.Text.Encoding.ASCII.GetString(bench.BytesOf(side));

    /// <summary>What a script does after a point, without what it did before.</summary>
    private static IEnumerable<Frame> Later(TcpScript script, Func<TcpScript, TcpScript> then)
    {
        int count = script.Frames.Count;
        return then(script).Frames.Skip(count);
    }

    private static PacketBuilder Tcp(
        TcpFlags flags, uint sequence, uint acknowledgment, byte[] options, bool fromServer = false) =>
        fromServer
            ? PacketBuilder.Ethernet().Ipv4("10.0.0.2", "10.0.0.1")
                .Tcp(80, 4000, sequence, acknowledgment, flags, 65535, options)
            : PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2")
                .Tcp(4000, 80, sequence, acknowledgment, flags, 65535, options);

    private static Frame Raw(
        TcpFlags flags, uint sequence, uint acknowledgment, byte[] payload, bool fromServer = false) =>
        Tcp(flags, sequence, acknowledgment, [], fromServer).Payload(payload).At(1_700_000_001_000_000_000);

    private static byte[] Stamp(uint value, uint echo)
    {
        byte[] options = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(options.AsSpan(4), value);
        BinaryPrimitives.WriteUInt32BigEndian(options.AsSpan(8), echo);
        return options;
    }

    private static Frame Stamped(uint sequence, uint acknowledgment, uint value, uint echo, string text) =>
        Tcp(TcpFlags.Psh | TcpFlags.Ack, sequence, acknowledgment, Stamp(value, echo))
            .Payload(System.Text.Encoding.ASCII.GetBytes(text)).At(1_700_000_002_000_000_000);

    private static IEnumerable<Frame> WithTimestamps(uint client, uint server) =>
    [
        Tcp(TcpFlags.Syn, 1000, 0, Stamp(client, 0)).At(1_700_000_000_000_000_000),
        Tcp(TcpFlags.Syn | TcpFlags.Ack, 5_000_000, 1001, Stamp(server, client), fromServer: true)
            .At(1_700_000_000_000_100_000),
        Tcp(TcpFlags.Ack, 1001, 5_000_001, Stamp(client, server)).At(1_700_000_000_000_200_000),
    ];
}
