using Dataplane.Chains;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Chains;

/// <summary>Timers, streams, rewriting and refusing, as NFs use them.</summary>
public sealed class NfServicesTests
{
    private const string Packets = """{"name":"packets","event":"PKT_IN"}""";
    private const string Timers = """{"name":"timers","event":"EVENT/SYS/TIMER"}""";

    [Fact]
    public void A_timer_comes_once_when_its_time_has_passed_and_before_the_packet_that_shows_it()
    {
        using NfBench bench = NfBench.Chain(
            [ChainBench.NfHearing("timed", "timed", Packets, Timers)], typeof(Timed));

        bench.Play(Script().Handshake().Wait(TimeSpan.FromSeconds(3)).ClientAcks().ClientAcks());

        Assert.Equal(["packet", "packet", "packet", "timer 7 after 2000 ms", "packet", "packet"],
            Only<Timed>(bench).Log);
    }

    [Fact]
    public void A_refused_connection_is_reset_both_ways()
    {
        using NfBench bench = NfBench.Chain(
            [ChainBench.NfHearing("refuser", "refuser", Packets)], typeof(Refuser));

        (IReadOnlyList<byte[]> toClient, IReadOnlyList<byte[]> toServer) =
            bench.PlayInline(Script().Syn().ClientRaw(TcpFlags.Ack, 0, []).Frames);

        Assert.Equal(TcpFlags.Rst | TcpFlags.Ack, FlagsOf(Assert.Single(toClient)));
        Assert.Equal(TcpFlags.Rst, FlagsOf(Assert.Single(toServer)));
    }

    [Fact]
    public void What_an_NF_rewrites_leaves_as_it_is_now_with_a_right_checksum()
    {
        using NfBench bench = NfBench.Chain(
            [ChainBench.NfHearing("rewriter", "rewriter", Packets)], typeof(Rewriter));

        (_, IReadOnlyList<byte[]> toServer) =
            bench.PlayInline(Script().Syn().ClientRaw(TcpFlags.Ack, 0, "abc"u8.ToArray()).Frames);

        byte[] sent = toServer[^1];
        Assert.Equal("xbc"u8.ToArray(), sent[^3..]);
        Assert.Equal(0, InternetChecksum.WithPseudoHeader(sent[26..30], sent[30..34], 6, sent[34..]));
    }

    [Fact]
    public void An_NF_sees_streams_and_the_number_of_flows()
    {
        using NfBench bench = NfBench.Chain(
            [ChainBench.NfHearing("looker", "looker",
                """{"name":"data","event":"EVENT/DATA_RDY","keep":"last 64"}""")], typeof(Looker));

        bench.Play(Script().Handshake().ClientSends("ab").ClientSends("cd"));

        Assert.Equal(["ab", "cd"], Only<Looker>(bench).Read);
        Assert.Equal(1u, Only<Looker>(bench).Flows);
    }

    [Fact]
    public void A_frame_of_an_NFs_own_making_leaves_towards_the_side_it_is_for()
    {
        using NfBench bench = NfBench.Chain(["""{"name":"forger","kind":"forger"}"""], typeof(Forger));

        (IReadOnlyList<byte[]> toClient, IReadOnlyList<byte[]> toServer) =
            bench.PlayInline(Script().Syn().Frames);

        Assert.Contains(toClient, frame => frame.AsSpan().IndexOf("to client"u8) > 0);
        Assert.Contains(toServer, frame => frame.AsSpan().IndexOf("to server"u8) > 0);
        Assert.Equal(2ul, bench.Runner.InjectedCount);
    }

    [Fact]
    public void A_frame_is_not_sent_where_the_chain_only_listens_or_it_is_too_long()
    {
        using NfBench inline = NfBench.Chain(
            ["""{"name":"forger","kind":"forger","options":{"padding":3000}}"""], typeof(Forger));
        using NfBench listening = NfBench.Listening(
            ["""{"name":"forger","kind":"forger"}"""], typeof(Forger));

        inline.PlayInline(Script().Syn().Frames);
        listening.Play(Script().Syn());

        Assert.Equal((0ul, 2ul), (inline.Runner.InjectedCount, inline.Runner.InjectionLostCount));
        Assert.Equal((0ul, 2ul), (listening.Runner.InjectedCount, listening.Runner.InjectionLostCount));
    }

    [Fact]
    public void An_NF_that_stops_listening_to_a_side_hears_the_other_and_the_stack_does_no_more_than_that()
    {
        using NfBench bench = NfBench.Chain(
            [ChainBench.NfHearing("one-sided", "one-sided", Packets,
                """{"name":"data","event":"EVENT/DATA_RDY"}""")], typeof(OneSided));

        bench.Play(Script().Handshake().ClientSends("a").ServerSends("b").ClientSends("c").ServerSends("d"));

        Assert.Equal("a b d", string.Join(' ', Only<OneSided>(bench).Read));
        Assert.Equal(
            StackDepth.ServerStream | StackDepth.ClientHalf, bench.Flows[0].Depth);
    }

    [Fact]
    public void What_needs_the_flows_worker_stays_there_even_when_another_core_is_asked_for()
    {
        PlanResult plan = ChainBench.Plan(
            ChainBench.Document(
                2, """
                   {"name":"timed","kind":"timed","placement":"parallel","subscriptions":[
                    {"name":"packets","event":"PKT_IN"},{"name":"timers","event":"EVENT/SYS/TIMER"}]}
                   """,
                """{"name":"forger","kind":"forger","placement":"parallel"}"""),
            typeof(Timed), typeof(Forger));

        Assert.All(plan.Chains[0].Functions, function => Assert.False(function.Placement.IsParallel));
        Assert.StartsWith("timed sets timers, ", plan.Chains[0].Functions[0].Placement.Reason);
        Assert.StartsWith("forger sends packets of its own, ", plan.Chains[0].Functions[1].Placement.Reason);
    }

    [Fact]
    public void On_another_core_flows_are_counted_as_of_the_packet()
    {
        using ParallelBench bench = ParallelBench.Of(
            ChainBench.Document(1, """{"name":"counter","kind":"counter","placement":"parallel"}"""),
            typeof(Counter));

        bench.Play(Script().Handshake()).EndAll();

        Assert.True(bench.Plan.Chains[0].Functions[0].Placement.IsParallel);
        Assert.Equal(1u, bench.Nf<Counter>("counter").Flows);
    }

    private static T Only<T>(NfBench bench)
        where T : INetworkFunction =>
        bench.Runner.Chains.SelectMany(chain => chain.Functions).OfType<T>().Single();

    private static TcpFlags FlagsOf(byte[] frame) => (TcpFlags)frame[47];

    private static TcpScript Script() => TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80");

    [NetworkFunction("timed", PacketAccess.Read)]
    private sealed class Timed : INetworkFunction, IHandle<TcpPacket>, IHandle<TimerExpired>
    {
        private long _setNs;

        public List<string> Log { get; } = [];

        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            if (_setNs == 0)
            {
                _setNs = e.TimeNs;
                Assert.True(context.SetTimer(TimeSpan.FromSeconds(2), 7));
            }
            Log.Add("packet");
            return Verdict.Pass;
        }

        public Verdict Handle(in Event<TimerExpired> e, NfContext context)
        {
            Assert.False(context.HasPacket);
            Log.Add($"timer {e.Body.Id} after {(e.TimeNs - _setNs) / 1_000_000} ms");
            return Verdict.Pass;
        }
    }

    [NetworkFunction("counter", PacketAccess.Read)]
    private sealed class Counter : INetworkFunction, IHandle<TcpPacket>
    {
        public uint Flows { get; private set; }

        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            Flows = context.FlowCount;
            return Verdict.Pass;
        }
    }

    [NetworkFunction("forger", PacketAccess.Read)]
    [Profile(Effects = SideEffects.Packets)]
    private sealed class Forger(Forger.Options options) : INetworkFunction, IHandle<TcpPacket>
    {
        public sealed record Options
        {
            public int Padding { get; init; }
        }

        public Verdict Handle(in Event<TcpPacket> e, NfContext context)
        {
            byte[] padding = new byte[options.Padding];
            context.Inject(Side.Client, [.. new byte[14], .. "to client"u8, .. padding]);
            context.Inject(Side.Server, [.. new byte[14], .. "to server"u8, .. padding]);
            return Verdict.Pass;
        }
    }

    [NetworkFunction("one-sided", PacketAccess.Read, StopsSides = true)]
    private sealed class OneSided : INetworkFunction, IHandle<TcpPacket>, IHandle<DataReady>
    {
        public List<string> Read { get; } = [];

        public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Verdict.Pass;

        public Verdict Handle(in Event<DataReady> e, NfContext context)
        {
            Read.Add(System.Text.Encoding.ASCII.GetString(context.Bytes(in e).Span));
            context.StopMonitoring(Side.Client);
            return Verdict.Pass;
        }
    }

    [NetworkFunction("refuser", PacketAccess.Gate)]
    private sealed class Refuser : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Verdict.RejectFlow;
    }

    [NetworkFunction("rewriter", PacketAccess.Modify)]
    private sealed class Rewriter : INetworkFunction, IHandle<TcpPacket>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context) =>
            PacketRewrite.WritePayload(ref context.Packet, 0, "x"u8) ? Verdict.Modified : Verdict.Pass;
    }

    [NetworkFunction("looker", PacketAccess.Read)]
    private sealed class Looker : INetworkFunction, IHandle<DataReady>
    {
        private ulong _cursor;

        public List<string> Read { get; } = [];

        public uint Flows { get; private set; }

        public Verdict Handle(in Event<DataReady> e, NfContext context)
        {
            Span<byte> target = stackalloc byte[16];
            int count = context.Streams.Peek(Side.Client, ref _cursor, target, out _);
            if (count != 0)
            {
                Read.Add(System.Text.Encoding.ASCII.GetString(target[..count]));
            }
            Flows = context.FlowCount;
            return Verdict.Pass;
        }
    }
}
