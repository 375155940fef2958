using Dataplane.Packets;
using Dataplane.Ports;
using Testing;

namespace Dataplane.Tests.Engine;

/// <summary>Well-formed frames to begin from, in sequences that belong together: the demo's captures, and by
/// hand what these lack.</summary>
internal static class FrameSeeds
{
    private const string Client = "10.0.0.1", Server = "10.0.0.2",
        Client6 = "2001:db8::1", Server6 = "2001:db8::2";
    private const string Request =
        "GET /a/../../b?id=1+union+select+2 HTTP/1.1\r\nHost: a.malware.example\r\n\r\n";

    /// <summary>All sequences; the same in each run.</summary>
    public static SeedFrame[][] All(string demoFolder) =>
        [.. Captures(demoFolder), .. Fragments(), Tunnels(), NestedTunnels(), Extensions(), Tags(),
            LinkTypes(), Options(), Messages()];

    private static IEnumerable<SeedFrame[]> Captures(string folder) =>
        Directory.GetFiles(folder, "*.pcap").Order(StringComparer.Ordinal).Select(Capture);

    private static SeedFrame[] Capture(string path)
    {
        List<SeedFrame> frames = [];
        using CaptureReader reader = CaptureReader.Open(path);
        while (reader.TryRead(out ReadOnlySpan<byte> frame, out CapturedFrame facts))
        {
            frames.Add(new SeedFrame(facts.LinkType, frame.ToArray()));
        }
        return [.. frames];
    }

    private static IEnumerable<SeedFrame[]> Fragments()
    {
        byte[] data = [.. Enumerable.Range(0, 1_400).Select(i => (byte)i)];
        PacketBuilder udp = PacketBuilder.Ethernet().Ipv4(Client, Server).Udp(1000, 53).Payload(data);
        PacketBuilder tcp = PacketBuilder.Ethernet().Ipv4(Client, Server)
            .Tcp(1000, 80, 1, 1, TcpFlags.Ack, options: [1, 1, 1, 1]).Payload(data);
        PacketBuilder six = PacketBuilder.Ethernet().Ipv6(Client6, Server6)
            .Ipv6Extension(0, [1, 4, 0, 0, 0, 0]).Udp(1000, 53).Payload(data);
        yield return Ethernet([.. udp.BuildFragments(304)]);
        yield return Ethernet([.. udp.BuildFragments(64).Reverse()]);
        yield return Ethernet([.. tcp.BuildFragments(8, id: 2)]);
        yield return Ethernet([.. tcp.BuildFragments(104, id: 3), .. tcp.BuildFragments(64, id: 3)]);
        yield return Ethernet([.. six.BuildFragments(304)]);
        yield return Ethernet([.. six.BuildFragments(64, id: 9).Reverse(), .. six.BuildFragments(72, id: 9)]);
    }

    private static SeedFrame[] Tunnels()
    {
        byte[] four = Tcp4(), six = Tcp6(), ethernet = Segment4().Build();
        return Ethernet(
            Ip4(4, four), Ip4(41, six), Ip6(4, four), Ip6(41, six),
            Ip4(47, [0, 0, 0x08, 0, .. four]),
            Ip4(47, [0xB0, 0, 0x86, 0xDD, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1, .. six]),
            Ip4(47, [0, 0, 0x65, 0x58, .. ethernet]),
            Ip4(47, [0x30, 0x81, 0x88, 0x0B, 0, 40, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0xFF, 3, 0, 0x21, .. four]),
            Ip4(47, [0x10, 0, 0x88, 0xBE, 0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0, .. ethernet]),
            Ip4(47, [0x10, 0, 0x22, 0xEB, 0, 0, 0, 1, .. new byte[12], .. ethernet]),
            Ip4(51, [6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, .. new byte[12], .. four[20..]]),
            Udp(4789, [8, 0, 0, 0, 0, 0, 7, 0, .. ethernet]),
            Udp(6081, [1, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 3, 0, .. ethernet]),
            Udp(6081, [0, 0, 0x08, 0, 0, 0, 7, 0, .. four]),
            Udp(2152, [0x30, 255, 0, 40, 0, 0, 0, 1, .. four]),
            Udp(2152, [0x34, 255, 0, 48, 0, 0, 0, 1, 0, 1, 0, 0x85, 1, 0, 0, 0, .. four]),
            Udp(3544, six),
            Udp(3544, [0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1, 2, 3, 4, 5, 6, .. six]),
            Udp(1701, [0, 2, 0, 1, 0, 1, 0xFF, 3, 0, 0x21, .. four]),
            Udp(1701, [0x4A, 2, 0, 60, 0, 1, 0, 1, 0, 1, 0, 1, 0, 2, 9, 9, 0, 0x21, .. four]),
            Udp(5072, [0x40, 0x50, 0x11, 41, 0, 0, 0, 0, .. new byte[36], .. six]));
    }

    private static SeedFrame[] NestedTunnels()
    {
        byte[] packet = Tcp4();
        byte[] network = [8, 0, 0, 0, 0, 0, 7, 0, .. PacketBuilder.Ethernet().EtherType(0x0800).Build()];
        List<byte[]> frames = [];
        for (int depth = 0; depth < 12; depth++)
        {
            byte[] frame = depth % 3 == 2 ? Udp(4789, [.. network, .. packet]) : Ip4(4, packet);
            packet = frame[14..];
            frames.Add(frame);
            frames.AddRange(PacketBuilder.Ethernet().Ipv4(Client, Server).Protocol(4).Payload(packet)
                .BuildFragments(80, id: 100 + depth));
        }
        return Ethernet([.. frames]);
    }

    private static SeedFrame[] Extensions()
    {
        List<byte[]> frames = [];
        for (int count = 1; count <= 14; count++)
        {
            PacketBuilder builder = PacketBuilder.Ethernet().Ipv6(Client6, Server6);
            for (int i = 0; i < count; i++)
            {
                builder.Ipv6Extension(i % 3 == 0 ? 0 : i % 3 == 1 ? 43 : 60, new byte[6 + (i * 8)]);
            }
            frames.Add(builder.Tcp(4000, 80, 1, 1, TcpFlags.Ack).Payload("abc"u8).Build());
            frames.AddRange(builder.BuildFragments(8, id: count));
        }
        return Ethernet([.. frames]);
    }

    private static SeedFrame[] Tags()
    {
        byte[] four = Tcp4(), six = Tcp6(), logical = [0xAA, 0xAA, 3, 0, 0, 0, 8, 0];
        return Ethernet(
            PacketBuilder.Ethernet().Vlan(5).Ipv4(Client, Server).Udp(1, 53).Payload([1, 2]).Build(),
            PacketBuilder.Ethernet().Vlan(5, 0x88A8).Vlan(6).Ipv6(Client6, Server6).Udp(1, 53).Build(),
            PacketBuilder.Ethernet().Vlan(1).Vlan(2).Vlan(3).Vlan(4).Ipv4(Client, Server).Udp(1, 53).Build(),
            Typed(0x8847, [0, 0, 0x11, 64, .. four]),
            Typed(0x8847, [0, 0, 0x10, 64, 0, 0, 0x21, 64, .. six]),
            Typed(0x8847, [0, 0, 0x11, 64, 0, 0, 0, 0, .. Segment4().Build()]),
            Typed(0x8864, [0x11, 0, 0, 1, 0, (byte)(four.Length + 2), 0, 0x21, .. four]),
            Typed(four.Length + 8, [.. logical, .. four]),
            Typed(38, [0x42, 0x42, 3, .. new byte[35]]),
            Typed(0x88CC, [1, 2, 3]),
            PacketBuilder.Ethernet().Arp(1, Client, Server).Build());
    }

    private static SeedFrame[] LinkTypes()
    {
        byte[] four = Tcp4(), six = Tcp6(), logical = [0xAA, 0xAA, 3, 0, 0, 0, 8, 0];
        byte[] wireless = [8, 2, 0, 0, .. new byte[20], .. logical, .. four];
        byte[] wirelessQuality = [0x88, 1, 0, 0, .. new byte[22], .. logical, .. four];
        byte[] cooked = [0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0];
        return
        [
            new(LinkType.Null, [2, 0, 0, 0, .. four]), new(LinkType.Null, [30, 0, 0, 0, .. six]),
            new(LinkType.Loop, [0, 0, 0, 2, .. four]), new(LinkType.Ppp, [0xFF, 3, 0, 0x21, .. four]),
            new(LinkType.Ppp, [0, 0x57, .. six]), new(LinkType.RawOld12, four), new(LinkType.RawOld14, six),
            new(LinkType.Raw, four), new(LinkType.Raw, six), new(LinkType.CiscoHdlc, [15, 0, 8, 0, .. four]),
            new(LinkType.Ieee80211, wireless), new(LinkType.Ieee80211, wirelessQuality),
            new(LinkType.Ieee80211Radiotap, [0, 0, 8, 0, 0, 0, 0, 0, .. wireless]),
            new(LinkType.LinuxSll, [.. cooked, .. four]), new(LinkType.Ipv4, four), new(LinkType.Ipv6, six),
            new(LinkType.LinuxSll2, [8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, .. new byte[8], .. four]),
            new((LinkType)999, four),
        ];
    }

    private static SeedFrame[] Options()
    {
        byte[] syn = [2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7];
        byte[] sack = [1, 1, 5, 18, 0, 0, 0, 9, 0, 0, 0, 12, 0, 0, 0, 20, 0, 0, 0, 30];
        PacketBuilder Says(uint sequence, TcpFlags flags, byte[] options, string text) =>
            PacketBuilder.Ethernet().Ipv4(Client, Server, options: [7, 7, 4, 0, 0, 0, 0])
                .Tcp(4000, 80, sequence, 500, flags, options: options)
                .Payload(System.Text.Encoding.ASCII.GetBytes(text));
        return Ethernet(
            Says(99, TcpFlags.Syn, syn, "").Build(),
            Says(100, TcpFlags.Ack | TcpFlags.Psh, [1, 1, 8, 10, 0, 0, 0, 2, 0, 0, 0, 1], Request).Build(),
            Says(400, TcpFlags.Ack, sack, "held behind a hole").Build(),
            Says(100, TcpFlags.Ack, [2, 0, 3, 255], "other bytes at the same place").Build(),
            Says(300, TcpFlags.Ack | TcpFlags.Urg, [8, 1], "urgent").Build(),
            Says(uint.MaxValue - 3, TcpFlags.Ack, [], "around the end of the numbers").Build(),
            Says(418, TcpFlags.Fin | TcpFlags.Ack, [], "").Build(),
            Says(419, TcpFlags.Rst, [], "").Build());
    }

    private static SeedFrame[] Messages()
    {
        byte[] tcp = Tcp4();
        return Ethernet(
            PacketBuilder.Ethernet().Ipv4(Client, Server).Icmp(8, 0, 1).Payload(new byte[56]).Build(),
            PacketBuilder.Ethernet().Ipv4(Server, Client).Icmp(3, 4, 1400).Payload(tcp).Build(),
            PacketBuilder.Ethernet().Ipv4(Server, Client).Icmp(11, 0).Payload(Ip4(4, tcp).AsSpan(14)).Build(),
            PacketBuilder.Ethernet().Ipv6(Server6, Client6).Icmp(1, 4).Payload(Tcp6()).Build(),
            PacketBuilder.Ethernet().Ipv6(Server6, Client6).Icmp(135, 0).Payload(new byte[24]).Build(),
            PacketBuilder.Ethernet().Ipv4(Client, Server).Protocol(132).Payload(new byte[32]).Build(),
            PacketBuilder.Ethernet().Ipv4(Client, Server).Protocol(89).Payload(new byte[32]).Build());
    }

    private static SeedFrame[] Ethernet(params byte[][] frames) =>
        [.. frames.Select(frame => new SeedFrame(LinkType.Ethernet, frame))];

    private static PacketBuilder Segment4() => PacketBuilder.Ethernet().Ipv4("172.16.0.1", "172.16.0.2")
        .Tcp(4000, 80, 1, 1, TcpFlags.Ack | TcpFlags.Psh)
        .Payload(System.Text.Encoding.ASCII.GetBytes(Request));

    private static byte[] Tcp4() => Segment4().Build()[14..];

    private static byte[] Tcp6() => PacketBuilder.Ethernet().Ipv6(Client6, Server6)
        .Tcp(4000, 80, 1, 1, TcpFlags.Ack).Payload("GET / HTTP/1.1\r\n\r\n"u8).Build()[14..];

    private static byte[] Ip4(int protocol, byte[] body) =>
        PacketBuilder.Ethernet().Ipv4(Client, Server).Protocol(protocol).Payload(body).Build();

    private static byte[] Ip6(int protocol, byte[] body) =>
        PacketBuilder.Ethernet().Ipv6(Client6, Server6).Protocol(protocol).Payload(body).Build();

    private static byte[] Udp(int port, byte[] body) =>
        PacketBuilder.Ethernet().Ipv4(Client, Server).Udp(5000, port).Payload(body).Build();

    private static byte[] Typed(int etherType, byte[] body) =>
        [.. PacketBuilder.Ethernet().EtherType(etherType).Build(), .. body];
}

/// <summary>A frame and how it begins.</summary>
internal sealed record SeedFrame(LinkType LinkType, byte[] Bytes);
