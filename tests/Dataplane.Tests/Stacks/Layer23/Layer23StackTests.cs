using CsCheck;
using Dataplane.Counters;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Stacks.Layer23;
using Testing;

namespace Dataplane.Tests.Stacks.Layer23;

public sealed class Layer23StackTests
{
    private static readonly byte[] Letters =
        [.. Enumerable.Range(0, 1000).Select(i => (byte)('a' + (i % 26)))];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fragments_in_any_order_give_the_datagram(bool isIpv6)
    {
        foreach (int seed in Enumerable.Range(0, 20))
        {
            using Bench bench = new();
            byte[][] fragments = [.. Udp(isIpv6).BuildFragments(64)];
            new Random(seed).Shuffle(fragments);

            Packet[] seen = [.. fragments.Select(bytes => bench.Feed(bytes))];

            Assert.All(seen[..^1], packet => Assert.True((packet.Flags & PacketFlags.Fragment) != 0));
            AssertIsWhole(seen[^1], isIpv6);
            Assert.Equal(0u, bench.Stack.Fragments.Count);
        }
    }

    [Fact]
    public void Of_overlapping_IPv4_fragments_the_one_that_begins_earlier_wins()
    {
        using Bench bench = new();

        bench.Feed(Piece(0, more: true, 'A', 24));
        bench.Feed(Piece(48, more: true, 'C', 24));
        bench.Feed(Piece(72, more: false, 'D', 8));
        Packet whole = bench.Feed(Piece(24, more: true, 'B', 48));

        byte[] expected =
            [.. Enumerable.Repeat((byte)'A', 24), .. Enumerable.Repeat((byte)'B', 48), .. "DDDDDDDD"u8];
        Assert.Equal(expected, whole.Payload.Span.ToArray());
        Assert.Equal(1ul, bench.Stack.Fragments.OverlapCount);
    }

    [Fact]
    public void Overlapping_IPv6_fragments_lose_their_datagram()
    {
        using Bench bench = new();
        IReadOnlyList<byte[]> narrow = Udp(isIpv6: true).BuildFragments(64);
        IReadOnlyList<byte[]> wide = Udp(isIpv6: true).BuildFragments(120);

        bench.Feed(narrow[0]);
        Packet dropped = bench.Feed(wide[0]);

        Assert.Equal(DropReason.FragmentOverlap, bench.LastReason);
        Assert.True((dropped.Flags & PacketFlags.Fragment) != 0);
        Assert.Equal(0u, bench.Stack.Fragments.Count);
    }

    [Theory]
    [InlineData(65_528, 16)] // beyond the largest datagram: ping of death
    [InlineData(65_528, 8)]
    public void A_fragment_beyond_the_largest_datagram_is_refused(int offset, int length)
    {
        using Bench bench = new();

        bench.Feed(Piece(offset, more: false, 'x', length));

        Assert.Equal(DropReason.FragmentInvalid, bench.LastReason);
    }

    [Fact]
    public void A_last_fragment_inside_another_is_no_harm()
    {
        using Bench bench = new();

        bench.Feed(Piece(0, more: true, 'A', 64));
        bench.Feed(Piece(24, more: false, 'B', 8)); // teardrop: ends before what is there

        Assert.Equal(DropReason.FragmentInvalid, bench.LastReason);
        Assert.Equal(0u, bench.Stack.Fragments.Count);
    }

    [Fact]
    public void Datagrams_that_stay_incomplete_leave_after_their_time()
    {
        using Bench bench = new();

        bench.Feed(Piece(0, more: true, 'A', 64), seconds: 0);
        bench.Feed(Piece(0, more: true, 'A', 64, id: 9), seconds: 31);

        Assert.Equal(1u, bench.Stack.Fragments.Count);
        Assert.Equal(1ul, bench.Stack.Fragments.TimeoutCount);
    }

    [Fact]
    public void The_oldest_datagram_gives_way_when_the_table_is_full()
    {
        using Bench bench = new(
            new FragmentSettings { DatagramMax = 8, RunMax = 32, SlabBytesMax = 64 * 1024 });

        for (int id = 1; id <= 20; id++)
        {
            bench.Feed(Piece(0, more: true, 'A', 64, id));
        }

        Assert.Equal(8u, bench.Stack.Fragments.Count);
        Assert.Equal(12ul, bench.Stack.Fragments.EvictedCount);
    }

    [Fact]
    public void Fragments_of_other_datagrams_do_not_mix() =>
        Gen.Int[0, 3].Array[1, 200].Sample(
            ids =>
            {
                using Bench bench = new();
                int[] next = new int[4];
                byte[][][] all =
                [
                    .. Enumerable.Range(1, 4).Select(id => Udp(false).BuildFragments(104, id).ToArray()),
                ];
                foreach (int id in ids)
                {
                    Packet packet = bench.Feed(all[id][next[id]]);
                    next[id] = (next[id] + 1) % all[id].Length;
                    if (next[id] == 0)
                    {
                        AssertIsWhole(packet, isIpv6: false);
                    }
                }
            },
            iter: 100);

    [Fact]
    public void Tunnels_are_looked_through_to_the_innermost_packet()
    {
        byte[] inner = TcpIp();
        byte[] frame = [.. new byte[12], 8, 0, .. inner];
        (string Name, byte[] Outer)[] tunnels =
        [
            ("IP in IP", Outer().Protocol(4).Payload(inner).Build()),
            ("IPv4 in IPv6",
                PacketBuilder.Ethernet().Ipv6("2001:db8::1", "2001:db8::2")
                    .Protocol(4).Payload(inner).Build()),
            ("GRE", Outer().Protocol(47).Payload([0, 0, 8, 0, .. inner]).Build()),
            ("GRE with all fields",
                Outer().Protocol(47).Payload([0xB0, 0, 8, 0, .. new byte[12], .. inner]).Build()),
            ("GRE, Ethernet", Outer().Protocol(47).Payload([0, 0, 0x65, 0x58, .. frame]).Build()),
            ("PPTP",
                Outer().Protocol(47)
                    .Payload([0x30, 1, 0x88, 0x0B, 0, 50, 0, 1, 0, 0, 0, 1, 0x21, .. inner]).Build()),
            ("ERSPAN II",
                Outer().Protocol(47).Payload([0x10, 0, 0x88, 0xBE, .. new byte[12], .. frame]).Build()),
            ("VXLAN", Outer().Udp(50_000, 4789).Payload([8, 0, 0, 0, 0, 0, 7, 0, .. frame]).Build()),
            ("Geneve",
                Outer().Udp(50_000, 6081)
                    .Payload([1, 0, 0x65, 0x58, 0, 0, 7, 0, .. new byte[4], .. frame]).Build()),
            ("GTP-U", Outer().Udp(2152, 2152).Payload([0x30, 255, 0, 60, 1, 2, 3, 4, .. inner]).Build()),
            ("GTP-U with sequence",
                Outer().Udp(2152, 2152)
                    .Payload([0x32, 255, 0, 64, 1, 2, 3, 4, 0, 1, 0, 0, .. inner]).Build()),
            ("L2TP", Outer().Udp(1701, 1701).Payload([0, 2, 0, 1, 0, 1, 0xFF, 3, 0, 0x21, .. inner]).Build()),
            ("VXLAN in GRE", Outer().Protocol(47).Payload([0, 0, 8, 0,
                .. Outer().Udp(1, 4789).Payload([8, 0, 0, 0, 0, 0, 7, 0, .. frame]).Build()[14..]]).Build()),
        ];
        foreach ((string name, byte[] outer) in tunnels)
        {
            using Bench bench = new();

            Packet packet = bench.Feed(outer);

            Assert.True(packet.Protocol == IpProtocols.Tcp, $"{name}: protocol {packet.Protocol}");
            Assert.True(packet is { SourcePort: 4000, DestinationPort: 80 }, name);
            Assert.True(packet.Payload.Span.SequenceEqual("inside"u8), name);
            Assert.True(packet.TunnelDepth >= 1, name);
        }
    }

    [Fact]
    public void What_only_looks_like_a_tunnel_stays_what_it_is()
    {
        using Bench bench = new();

        Packet packet = bench.Feed(Outer().Udp(50_000, 4789).Payload("not a tunnel"u8).Build());

        Assert.Equal((IpProtocols.Udp, (byte)0), (packet.Protocol, packet.TunnelDepth));
        Assert.Equal(50_000, packet.SourcePort);
    }

    [Fact]
    public void Tunnels_inside_tunnels_end_at_a_limit()
    {
        using Bench bench = new();
        byte[] packet = TcpIp();
        for (int i = 0; i < 40; i++)
        {
            packet = Outer().Protocol(4).Payload(packet).Build()[14..];
        }

        Packet seen = bench.Feed([.. new byte[12], 8, 0, .. packet]);

        Assert.InRange(seen.TunnelDepth, 1, 8);
    }

    [Fact]
    public void Mutated_fragments_and_tunnels_never_throw()
    {
        var random = new Random(5);
        using Bench bench = new();
        byte[] frame = [.. new byte[12], 8, 0, .. TcpIp()];
        byte[][] seeds =
        [
            .. Udp(false).BuildFragments(64), .. Udp(true).BuildFragments(64),
            Outer().Protocol(47).Payload([0xB0, 0, 8, 0, .. new byte[12], .. TcpIp()]).Build(),
            Outer().Udp(2152, 2152)
                .Payload([0x34, 255, 0, 64, 1, 2, 3, 4, 0, 1, 0, 0x85, 1, 0, 0, 0, .. TcpIp()]).Build(),
            Outer().Udp(1, 4789).Payload([8, 0, 0, 0, 0, 0, 7, 0, .. frame]).Build(),
            Outer().Udp(1701, 1701).Payload([0x4A, 2, 0, 1, 0, 1, 0xFF, 3, 0, 0x21, .. TcpIp()]).Build(),
            Outer().Udp(3544, 3544).Payload(Udp(true).Build().AsSpan(14)).Build(),
            Outer().Udp(5072, 5072)
                .Payload([0x44, 0x52, 0x11, 41, .. new byte[40], .. Udp(true).Build()[14..]]).Build(),
        ];
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (int change = random.Next(5); change > 0; change--)
            {
                bytes[random.Next(14, Math.Min(bytes.Length, 90))] = (byte)random.Next(256);
            }
            bench.Feed(bytes.AsSpan(0, random.Next(14, bytes.Length + 1)).ToArray(), i / 1000.0);
        }

        Assert.True(bench.Stack.Fragments.Count <= new FragmentSettings().DatagramMax);
    }

    private static void AssertIsWhole(Packet packet, bool isIpv6)
    {
        Assert.True((packet.Flags & PacketFlags.Reassembled) != 0);
        Assert.Equal((1000, 2000), (packet.SourcePort, packet.DestinationPort));
        Assert.Equal(Letters, packet.Payload.Span.ToArray());
        Assert.Equal(isIpv6 ? 6 : 4, packet.IpVersion);
        Assert.True(Checksum.IsLayer4Right(in packet));
    }

    private static PacketBuilder Udp(bool isIpv6)
    {
        PacketBuilder ethernet = PacketBuilder.Ethernet();
        PacketBuilder ip = isIpv6
            ? ethernet.Ipv6("2001:db8::1", "2001:db8::2")
            : ethernet.Ipv4("10.0.0.1", "10.0.0.2");
        return ip.Udp(1000, 2000).Payload(Letters);
    }

    private static PacketBuilder Outer() => PacketBuilder.Ethernet().Ipv4("192.0.2.1", "192.0.2.2");

    private static byte[] TcpIp() => PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2")
        .Tcp(4000, 80, 1, 2, TcpFlags.Ack | TcpFlags.Psh).Payload("inside"u8).Build()[14..];

    /// <summary>One fragment of a datagram of letters, of a protocol without a header.</summary>
    private static byte[] Piece(int offset, bool more, char letter, int length, int id = 1)
    {
        byte[] body = [.. Enumerable.Repeat((byte)letter, length)];
        return PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2", id: id).Protocol(253).Payload(body)
            .BreakIpByte(6, (more ? 0x20 : 0) | (offset / 8 >> 8)).BreakIpByte(7, offset / 8 & 0xFF).Build();
    }

    /// <summary>Parser and stack over one buffer a frame.</summary>
    private sealed class Bench(FragmentSettings? settings = null) : IDisposable
    {
        private readonly NativeArray<byte> _buffer = new(4096);

        public Layer23Stack Stack { get; } = new(settings ?? new FragmentSettings { SlabBytesMax = 1 << 20 });

        public DropReason LastReason { get; private set; }

        public Packet Feed(byte[] bytes, double seconds = 0)
        {
            bytes.CopyTo(_buffer.AsSpan(0, (uint)bytes.Length));
            Packet packet = new()
            {
                Frame = _buffer.Bytes(0, (uint)bytes.Length),
                WireLength = (uint)bytes.Length,
                TimestampNs = (long)(seconds * 1e9),
                LinkType = LinkType.Ethernet,
            };
            Stack.BeginBurst();
            LastReason = PacketParser.Parse(ref packet);
            if (LastReason == DropReason.None)
            {
                LastReason = Stack.Process(ref packet).Reason;
            }
            return packet;
        }

        public void Dispose()
        {
            Stack.Dispose();
            _buffer.Dispose();
        }
    }
}
