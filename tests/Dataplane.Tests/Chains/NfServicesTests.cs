using Dataplane.Chains;
using Dataplane.Events;
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
