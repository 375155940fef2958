using System.Globalization;
using ControlApi.Contract.Live;
using ControlApi.Contract.Status;

namespace WebUi.Tests.Fakes;

/// <summary>Rates and flows that look like a demo's: a slow wave with a faster one on it.</summary>
public static class FakeRates
{
    public static RatesMessage At(DateTimeOffset time)
    {
        double t = time.ToUnixTimeMilliseconds() / 1000.0;
        double wave = 1 + (0.35 * Math.Sin(t / 9)) + (0.18 * Math.Sin(t / 2.1)) + (0.1 * Math.Sin(t * 1.7));
        double packets = 3_400 * wave;
        return new RatesMessage
        {
            Time = time,
            PacketsPerSecond = packets,
            BitsPerSecond = packets * 6_100,
            DropsPerSecond = wave > 1.4 ? 2 : 0,
            NoticesPerSecond = 1.4 * wave,
            AlertsPerSecond = 0.7 * wave,
            Flows = (ulong)(1_800 * wave),
            Ports = [new PortRate("demo0", packets, packets * 6_100, packets * 0.4, packets * 2_000, 0)],
            Workers = [new WorkerRate(0, 1, 0.22 * wave, packets, (ulong)(1_800 * wave))],
            Nfs =
            [
                new NfRate("dpi", "demo", packets * 0.12, 0.02, 0, 0, 0),
                new NfRate("ids-main", "demo", packets * 0.6, 0.11, 0, 0, 0),
                new NfRate("stats", "demo", packets, 0.03, 0, 0, 0),
                new NfRate("log", "demo", 24 * wave, 0.01, 0, 0, 0),
            ],
            Events =
            [
                new EventRate("EVENT/PKT/TCP", "dpi", null, packets * 0.1),
                new EventRate("EVENT/PKT/IP/UDP", "dpi", null, packets * 0.02),
                new EventRate("EVENT/DPI_DETECT", "ids-main", null, 19 * wave),
                new EventRate("EVENT/DATA_RDY", "ids-main", null, packets * 0.6),
                new EventRate("EVENT/PKT/TCP", "stats", null, packets),
                new EventRate("EVENT/FLOW/END", "stats", null, 20 * wave),
                new EventRate("EVENT/IDS_ALERT", "log", null, 0.5 * wave),
                new EventRate("EVENT/LONG_FLOW", "log", null, 0.2 * wave),
                new EventRate("EVENT/FLOW/END", "log", null, 20 * wave),
            ],
        };
    }

    public static IReadOnlyList<FlowStatus> Flows() =>
    [
        .. Enumerable.Range(0, 14).Select(n => new FlowStatus
        {
            Id = (2000 + n).ToString(CultureInfo.InvariantCulture),
            Proto = n % 5 == 4 ? "UDP" : "TCP",
            ClientIp = n % 6 == 5 ? "2001:db8::1:7" : $"10.0.0.{n + 4}",
            ClientPort = 41000 + n,
            ServerIp = n % 6 == 5 ? "2001:db8::50" : "192.0.2.10",
            ServerPort = n % 2 == 0 ? 443 : 80,
            AppProto = n % 2 == 0 ? "TLS" : "HTTP",
            CommunityId = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
            Chain = "demo",
            Depth = n % 3 == 0 ? "stream" : n % 3 == 1 ? "tcp" : "bypass",
            Worker = 0,
            ClientPackets = (ulong)(4000 - (n * 250)),
            ClientBytes = (ulong)(2_200_000 - (n * 140_000)),
            ServerPackets = (ulong)(9000 - (n * 600)),
            ServerBytes = (ulong)(81_000_000 - (n * 5_400_000)),
            FirstSeen = DateTimeOffset.UtcNow.AddSeconds(-90 - (n * 11)),
            LastSeen = DateTimeOffset.UtcNow,
        }),
    ];
}
