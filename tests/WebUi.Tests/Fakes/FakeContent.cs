using System.Globalization;
using System.Text.Json;
using ControlApi.Contract;
using ControlApi.Contract.Configuration;
using ControlApi.Contract.Live;
using ControlApi.Contract.Notices;
using ControlApi.Contract.Security;
using ControlApi.Contract.Status;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Configuration;

namespace WebUi.Tests.Fakes;

/// <summary>What the fake appliance holds: a demo chain, its catalogue, alerts and counters.</summary>
public sealed class FakeContent
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UtcNow;
    private readonly List<Alert> _alerts = [];
    private uint _revision = 3;
    private int _seq;

    public FakeContent()
    {
        for (int i = 0; i < 24; i++)
        {
            NextAlert(Start.AddSeconds((i - 24) * 7));
        }
    }

    public static byte[] PacketBytes { get; } =
    [
        .. Convert.FromHexString(
            "00163e00000100163e00000208004500006e1c46400040061a2b0a000007c0000205c3a80050"),
        .. "GET /items?id=1%27%20UNION%20SELECT%20name HTTP/1.1\r\nHost: shop.example\r\n\r\n"u8,
    ];

    public Me Reader { get; set; } = new()
    {
        Name = "admin",
        Role = "administrator",
        Scopes = Scopes.All,
        Kind = "session",
        Id = "1",
        NeedsPassword = true,
    };

    public string Tag => $"\"r{_revision}\"";

    public ConfigurationDocument Document { get; private set; } = FakeDocument.Create();

    public ApplianceCatalog Catalog { get; } = FakeDocument.CreateCatalog();

    public Operation? LastOperation { get; private set; }

    public List<KeySummary> Keys { get; } =
    [
        new("k1", "grafana", [Scopes.Read], "admin", Start.AddDays(-3), null, Start.AddMinutes(-4)),
    ];

    public List<RevisionSummary> Revisions { get; } =
    [
        Saved(3, "Look at server side", Start.AddMinutes(-9), "active"),
        Saved(2, "Log long flows", Start.AddHours(-2), "superseded"),
        Saved(1, "Demo", Start.AddHours(-3), "superseded"),
    ];

    public ApplianceStatus Status => new()
    {
        Version = "0.1.0",
        DataplaneVersion = "0.1.0",
        Node = "edge-1",
        Health = HealthState.Good,
        Sentence = State.Sentence,
        StartedAt = Start.AddHours(-3),
        DataplaneStartedAt = Start.AddHours(-3),
        Revision = _revision,
        Demo = true,
    };

    public StateMessage State => new()
    {
        Health = HealthState.Good,
        Sentence = "Forwarding. 1 chain active, all NFs keep up, 0 packets lost in the last hour.",
        DataplaneConnected = true,
        DataplaneSince = Start.AddHours(-3),
        Revision = _revision,
        Ports = [new PortLink("demo0", "demo", true, null)],
    };

    public HealthReport Health { get; } = new(HealthState.Good, "All well.",
        [new HealthCheck("dataplane", HealthState.Good, "Connected.", null)]);

    public IReadOnlyList<PortStatus> Ports { get; } =
    [
        new()
        {
            Id = "demo0", Device = "demo", Up = true, ReceivedPackets = 1_204_331,
            ReceivedBytes = 912_441_002, Chains = ["demo"],
        },
    ];

    public IReadOnlyList<WorkerStatus> Workers { get; } =
        [new(0, 1, 0.31, false, 1_204_331, 912_441_002, 1_840, 0, 0)];

    public IReadOnlyList<DropCount> Drops { get; } =
        [new("tcp_malformed", 118), new("ip_checksum", 41), new("no_memory", 0)];

    public static IReadOnlyList<ConfigFault> Check(ConfigurationDocument document)
    {
        var faults = new List<ConfigFault>();
        for (int c = 0; c < document.Chains.Count; c++)
        {
            for (int s = 0; s < document.Chains[c].Stages.Count; s++)
            {
                IReadOnlyList<NfDefinition> nfs = document.Chains[c].Stages[s].Nfs;
                for (int n = 0; n < nfs.Count; n++)
                {
                    if (nfs[n].Options is { } options
                        && options.TryGetProperty("meanPacketBytes", out JsonElement mean)
                        && mean.GetInt64() > 9000)
                    {
                        faults.Add(new ConfigFault(
                            $"/chains/{c}/stages/{s}/nfs/{n}/options/meanPacketBytes", "range",
                            "9001 is above the largest packet.", "Give a number from 64 to 9000."));
                    }
                }
            }
        }
        return faults;
    }

    public Operation Activate(ConfigurationDocument document, string note)
    {
        Document = document;
        Revisions[0] = Revisions[0] with { Result = "superseded" };
        _revision++;
        Revisions.Insert(0, Saved(_revision, note, DateTimeOffset.UtcNow, "active"));
        return LastOperation = new Operation
        {
            Id = "op1", Kind = "commit", State = OperationState.Active, Revision = _revision,
            StartedAt = DateTimeOffset.UtcNow,
        };
    }

    public KeyCreated AddKey(KeyRequest request)
    {
        var key = new KeySummary(
            "k" + (Keys.Count + 1), request.Name, request.Scopes, Reader.Name, DateTimeOffset.UtcNow,
            null, null);
        Keys.Add(key);
        return new KeyCreated(key, $"mbk_{key.Id}_secret");
    }

    private static RevisionSummary Saved(uint number, string note, DateTimeOffset time, string result) =>
        new() { Number = number, Author = "admin", Note = note, Time = time, Result = result };

    public Page<Alert> AlertPage(string? after, int limit)
    {
        IEnumerable<Alert> newest = _alerts.AsEnumerable().Reverse();
        if (after is not null)
        {
            newest = newest.SkipWhile(alert => alert.Id != after).Skip(1);
        }
        Alert[] items = [.. newest.Take(limit)];
        bool more = items.Length == limit && items[^1].Id != _alerts[0].Id;
        return new Page<Alert>(items, more ? items[^1].Id : null);
    }

    public Alert? FindAlert(string id) => _alerts.Find(alert => alert.Id == id);

    public Alert NextAlert(DateTimeOffset time)
    {
        int n = _seq++;
        (string title, int severity, string app, int port, string type) = (n % 5) switch
        {
            0 => ("SQL injection attempt in URL", 1, "http", 80, "EVENT/IDS_ALERT"),
            1 => ("Directory traversal in request path", 1, "http", 8080, "EVENT/IDS_ALERT"),
            2 => ("Port scan, 40 ports in 2 s", 2, "", 22, "EVENT/IDS_ALERT"),
            3 => ("Long flow, mean packet 1,348 bytes", 3, "tls", 443, "EVENT/LONG_FLOW"),
            _ => ("Old scanner's user agent <b>not bold</b>", 2, "http", 80, "EVENT/IDS_ALERT"),
        };
        var body = new Dictionary<string, object>
        {
            ["sid"] = 2019401 + (n % 5), ["rev"] = 4, ["signature"] = title,
        };
        var alert = new Alert
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"01K{n:D23}"),
            Node = "edge-1",
            Seq = (ulong)n,
            Type = type,
            Severity = severity,
            Time = time,
            ReceivedAt = time,
            Nf = type == "EVENT/LONG_FLOW" ? "stats" : "ids-main",
            Chain = "demo",
            Revision = _revision,
            Title = title,
            Action = n % 7 == 0 ? "blocked" : "allowed",
            HasPacket = type == "EVENT/IDS_ALERT",
            State = TriageState.Inbox,
            GroupId = "g",
            Body = JsonSerializer.SerializeToElement(body),
            Flow = new NoticeFlow
            {
                Id = (1000 + n).ToString(CultureInfo.InvariantCulture),
                Proto = "TCP",
                SrcIp = n % 4 == 3 ? "2001:db8::1:7" : $"198.51.100.{(n % 40) + 2}",
                SrcPort = 40000 + n,
                DestIp = n % 4 == 3 ? "2001:db8::50" : "192.0.2.10",
                DestPort = port,
                AppProto = app.Length > 0 ? app : null,
                CommunityId = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
            },
        };
        _alerts.Add(alert);
        return alert;
    }
}
