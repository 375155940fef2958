using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Ports;
using Dataplane.Time;
using Testing;

namespace Dataplane.Tests.Engine;

/// <summary>Fragments and packets whose headers cannot be read: heard by those who name them, as packets of
/// the two ends' addresses, and by nobody else.</summary>
public sealed class StrayPacketsTests
{
    [Fact]
    public void Each_fragment_is_an_event_and_the_last_one_says_that_the_datagram_is_whole()
    {
        using var bench = new Bench("stray-listener");
        byte[][] frames = [.. PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1000, 2000)
            .Payload(new byte[900]).BuildFragments(304)];

        bench.Run(frames);

        Assert.Equal(
            [EventType<IpFragment>.Id, EventType<IpFragment>.Id, EventType<FragmentReassembled>.Id],
            bench.Heard);
        Assert.Equal(2u, bench.FlowCount);
    }

    [Fact]
    public void A_fragment_over_another_one_says_so()
    {
        using var bench = new Bench("stray-listener");
        byte[][] frames = [.. PacketBuilder.Ethernet().Ipv6("fd00::1", "fd00::2").Udp(1000, 2000)
            .Payload(new byte[900]).BuildFragments(304)];
        byte[] other = [.. frames[0]];
        other[^1] ^= 1;

        bench.Run(frames[0], other);

        Assert.Equal([EventType<IpFragment>.Id, EventType<FragmentOverlap>.Id], bench.Heard);
    }

    [Theory]
    [InlineData(14, 0x44, DropReason.Ipv4BadHeaderLength)]
    [InlineData(46, 0x10, DropReason.TcpBadDataOffset)]
    public void A_packet_whose_headers_cannot_be_read_is_an_event_with_the_reason_and_is_dropped(
        int offset, byte value, DropReason reason)
    {
        using var bench = new Bench("stray-listener");
        byte[] frame = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Tcp(1, 2, 5, 9, TcpFlags.Ack)
            .Payload("abcdef"u8).Build();
        frame[offset] = value;

        bench.Run(frame);

        Assert.Equal([EventType<BadIpPacket>.Id], bench.Heard);
        Assert.Equal([(byte)reason], bench.Reasons);
        Assert.Equal(1ul, bench.Drops(reason));
    }

    [Fact]
    public void Without_a_subscription_that_names_them_they_have_no_flow()
    {
        using var bench = new Bench("packet-listener");
        byte[] broken = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Build();
        broken[14] = 0x44;
        byte[][] frames = [.. PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1000, 2000)
            .Payload(new byte[900]).BuildFragments(304)];

        bench.Run([broken, frames[0], frames[1]]);

        Assert.Equal(0u, bench.FlowCount);
        Assert.Equal(1ul, bench.Drops(DropReason.Ipv4BadHeaderLength));
    }

    [Fact]
    public void Packets_of_many_strangers_are_bounded_by_the_flow_table()
    {
        using var bench = new Bench("stray-listener");
        byte[][] frames = [.. Enumerable.Range(0, 300).Select(i => PacketBuilder.Ethernet()
            .Ipv4($"10.1.{i / 100}.{i % 100}", "10.0.0.2").Udp(1000, 2000)
            .Payload(new byte[900]).BuildFragments(304)[0])];

        bench.Run(frames);

        Assert.InRange(bench.FlowCount, 1u, Bench.FlowMax);
    }

    /// <summary>Remembers what it hears.</summary>
    [NetworkFunction("stray-listener", PacketAccess.Read)]
    [Subscribes("strays", typeof(IpFragment), typeof(BadIpPacket))]
    public sealed class StrayListener : INetworkFunction, IHandle<IpPacket>
    {
        public List<ushort> Types { get; } = [];

        public List<byte> Reasons { get; } = [];

        public Verdict Handle(in Event<IpPacket> e, NfContext context)
        {
            Types.Add(e.Record.TypeId);
            Reasons.Add(e.Body.Packet.Why);
            return Verdict.Pass;
        }
    }

    /// <summary>Hears of all IP packets, and so of no strays.</summary>
    [NetworkFunction("packet-listener", PacketAccess.Read)]
    public sealed class PacketListener : INetworkFunction, IHandle<IpPacket>
    {
        public Verdict Handle(in Event<IpPacket> e, NfContext context) => Verdict.Pass;
    }

    private sealed class Bench : IDisposable
    {
        public const uint FlowMax = 64;
        private readonly WorkerParts _parts;
        private readonly LoopbackPort _wan;
        private readonly LoopbackPort _client;
        private readonly Worker _worker;

        public Bench(string kind)
        {
            var clock = new VirtualClock();
            (_wan, _client) = LoopbackPort.Pair("wan", "client", 0, clock);
            PlanResult plan = ChainBench.Plan(
                ChainBench.Document(1, ChainBench.Nf("n", kind)), typeof(StrayListener),
                typeof(PacketListener));
            Assert.Empty(plan.Faults);
            _parts = new WorkerParts(
                new WorkerSettings { FlowMax = FlowMax, Clock = clock, Hash = FlowHash.Fixed },
                new CollectedNotices(), new CollectedRecords());
            _parts.Runner.Use(
                [.. plan.Chains.Select(chain => new ChainInstance(chain, FlowMax, new NoResources()))]);
            _worker = _parts.WorkerOver([new PortPair(_wan, null)]);
        }

        public uint FlowCount => _parts.Flows.Count;

        public IReadOnlyList<ushort> Heard => Listener.Types;

        public IReadOnlyList<byte> Reasons => Listener.Reasons;

        private StrayListener Listener => (StrayListener)_parts.Runner.Chains[0].Functions[0];

        public ulong Drops(DropReason reason) => _parts.Counters.Drops[(int)reason];

        public void Run(params byte[][] frames)
        {
            foreach (byte[] frame in frames)
            {
                Assert.True(_client.TrySend(frame));
                _worker.RunOnce();
            }
        }

        public void Dispose()
        {
            _parts.Dispose();
            _wan.Dispose();
            _client.Dispose();
        }
    }

    private sealed class NoResources : INfResources
    {
        public object? Find(Type type, string name) => null;
    }
}
