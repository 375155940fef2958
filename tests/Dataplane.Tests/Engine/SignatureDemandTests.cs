using System.Globalization;
using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.NetworkFunctions;
using Dataplane.Ports;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Tests.Inspection.Verify;
using Dataplane.Time;
using Testing;

namespace Dataplane.Tests.Engine;

/// <summary>What signature-match still hears of live flows, as people see it at <c>/flows/{id}/demand</c>,
/// and how deep that leaves their stack.</summary>
public sealed class SignatureDemandTests
{
    private const string Contents =
        "alert tcp any any -> any any (flow:established,to_server; content:\"secret\"; sid:1;)\n"
        + "alert tcp any any -> any any (flow:established,to_client; content:\"secret\"; sid:2;)\n";

    [Fact]
    public void An_established_flow_is_followed_by_its_streams_alone()
    {
        using var appliance = new Appliance(Contents);

        appliance.Play(4000, script => script.Handshake().ClientSends("GET /").ServerSends("200"));

        Assert.Equal(["client-stream", "server-stream"], appliance.On(4000));
    }

    [Fact]
    public void A_flow_whose_addresses_no_rule_is_about_leaves_the_stack_with_its_first_packet()
    {
        using var appliance = new Appliance(
            Contents.Replace("any any ->", "192.168.0.0/16 any ->", StringComparison.Ordinal));

        appliance.Play(4000, script => script.Syn());

        Assert.Empty(appliance.On(4000));
        Assert.Empty(appliance.Demand(4000).Depth);
    }

    [Theory]
    [InlineData("payload", false)]
    [InlineData("flow", false)]
    [InlineData("inspect", true)]
    public void A_tls_flow_leaves_the_stack_once_it_is_encrypted(string encrypted, bool goesOn)
    {
        using var appliance = new Appliance(Contents, encrypted);

        appliance.Play(4000, script => script.Handshake().ClientSends(EncryptedBytes.ClientHello)
            .ServerSends(EncryptedBytes.ServerHello).ClientSends(EncryptedBytes.ClientKeys));
        Assert.Equal(["client-stream", "server-stream"], appliance.On(4000));
        appliance.Play(4000, script => script.ClientSends(EncryptedBytes.Data));

        Assert.Equal(goesOn ? 2 : 0, appliance.On(4000).Count);
        Assert.Equal(goesOn, appliance.Demand(4000).Depth.Count > 0);
    }

    [Fact]
    public void A_rule_about_headers_goes_on_hearing_the_packets_of_an_encrypted_tls_flow()
    {
        using var appliance = new Appliance(
            Contents + "alert tcp any any -> any any (flow:to_server; flags:U+; sid:3;)");

        appliance.Play(4000, script => script.Handshake().ClientSends(EncryptedBytes.ClientHello)
            .ServerSends(EncryptedBytes.ServerHello).ClientSends(EncryptedBytes.Data));

        Assert.Equal(["client-packets"], appliance.On(4000));
    }

    [Fact]
    public void An_ssh_flow_leaves_the_stack_when_both_sides_have_new_keys()
    {
        using var appliance = new Appliance(Contents);
        byte[] offer = EncryptedBytes.Packet(20, 700);

        appliance.Play(4000, script => script.Handshake()
            .ClientSends([.. EncryptedBytes.ClientBanner, .. offer])
            .ServerSends([.. EncryptedBytes.ServerBanner, .. offer, .. EncryptedBytes.NewKeys, 1]));
        Assert.Equal(["client-stream"], appliance.On(4000));
        appliance.Play(4000, script => script.ClientSends([.. EncryptedBytes.NewKeys, 1]));

        Assert.Empty(appliance.On(4000));
        Assert.Empty(appliance.Demand(4000).Depth);
    }

    [Fact]
    public void A_flow_that_speaks_what_no_rule_is_about_leaves_its_stream()
    {
        using var appliance = new Appliance(
            "alert http any any -> any any (flow:established,to_server; content:\"secret\"; sid:1;)");

        appliance.Play(4000, script => script.Handshake().ClientSends(EncryptedBytes.ClientBanner)
            .ServerSends(EncryptedBytes.ServerBanner));

        Assert.Empty(appliance.On(4000));
        Assert.Empty(appliance.Demand(4000).Depth);
    }

    [Fact]
    public void Other_rules_take_over_flows_that_the_rules_before_had_left()
    {
        using var appliance = new Appliance(
            Contents.Replace("any any ->", "192.168.0.0/16 any ->", StringComparison.Ordinal));
        appliance.Play(4000, script => script.Handshake().ClientSends("a secret"));
        Assert.Empty(appliance.On(4000));

        appliance.Reload(Contents);
        appliance.AwaitAdoption();
        appliance.Play(4000, script => script.ClientSends("a secret").ServerSends("another secret"));

        Assert.Equal([1u, 2u], appliance.Alerts.Order());
        Assert.Equal(["client-stream", "server-stream"], appliance.On(4000));
    }

    [Fact]
    public void Rules_are_exchanged_under_traffic_without_a_missed_packet()
    {
        const int Packets = 2_000;
        const int Reloads = 5;
        const string Rule = "alert udp any any -> any any (content:\"needle\"; sid:1;)";
        using var appliance = new Appliance(Rule);
        byte[] frame = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(4000, 53)
            .Payload("a needle"u8).Build();

        for (int i = 0; i < Packets; i++)
        {
            if (i % (Packets / Reloads) == 0)
            {
                appliance.Reload(Rule + $"\nalert udp any any -> any any (content:\"other {i}\"; sid:2;)");
            }
            appliance.Send(frame);
        }
        appliance.AwaitAll();

        Assert.Equal(Packets, appliance.Alerts.Count(sid => sid == 1));
    }

    /// <summary>A worker on its own thread with a chain of signature-match alone.</summary>
    private sealed class Appliance : IEngineSinks, IDisposable
    {
        private readonly Dictionary<int, TcpScript> _scripts = [];
        private readonly string _file = Path.GetTempFileName();
        private readonly LoopbackPort _near;
        private readonly LoopbackPort _far;
        private readonly EngineWorker _worker;
        private readonly List<RuleSets> _rules = [];
        private readonly CollectedNotices _notices = new();
        private readonly string _encrypted;
        private FlowCommands _commands;
        private ulong _sent;
        private uint _revision;

        public Appliance(string rules, string encrypted = "payload")
        {
            _encrypted = encrypted;
            var clock = new LiveClock();
            (_near, _far) = LoopbackPort.Pair("near", "far", 0, clock);
            _worker = new EngineWorker(0, -1, 1024, new StreamSettings(), clock, this, FlowHash.Fixed, []);
            EngineRevision revision = Load(rules);
            _worker.Start(
                [new PortPair(_near, null)], _worker.Prepare(revision, _rules[^1]), WhenIdle.Sleep,
                mesh: null);
            _commands = new FlowCommands([_worker], revision);
        }

        /// <summary>Sids of all alerts so far.</summary>
        public IReadOnlyList<uint> Alerts =>
            [.. _notices.Entries.Where(e => e.Record.TypeId == EventType<IdsAlert>.Id)
                .Select(e => SidOf(e.Record))];

        /// <summary>Gives all flows other rules.</summary>
        public void Reload(string rules)
        {
            EngineRevision revision = Load(rules);
            _worker.Swap(_worker.Prepare(revision, _rules[^1]), TimeSpan.Zero);
            _commands = new FlowCommands([_worker], revision);
        }

        /// <summary>Waits until all flows are those of the newest rules.</summary>
        public void AwaitAdoption()
        {
            while (!_worker.TryFreeOld())
            {
                Thread.Yield();
            }
        }

        private EngineRevision Load(string rules)
        {
            File.WriteAllText(_file, rules);
            string text = $$$"""
                {"ports":[{"id":"a","device":"demo"}],"ruleSets":[{"id":"r","files":["{{{_file}}}"]}],
                 "chains":[{"id":"main","ports":["a"],"stages":[{"nfs":[
                  {"name":"ids","kind":"signature-match",
                   "options":{"ruleSet":"r","encrypted":"{{{_encrypted}}}"}}]}]}]}
                """;
            var faults = new List<ConfigFault>();
            ConfigurationDocument document = DocumentReader.Read(Encoding.UTF8.GetBytes(text), out _)!;
            PlanResult plan = new ChainPlanner(NfCatalog.Of(typeof(SignatureMatch))).Plan(document);
            Assert.Empty(plan.Faults);
            var revision = new EngineRevision(
                ++_revision, document, plan.Chains, "/", new Dictionary<string, string>());
            _rules.Add(RuleSets.Load(document, "/", revision.RuleFiles, faults));
            Assert.Empty(faults);
            Assert.Empty(_rules[^1].Rejected);
            return revision;
        }

        public INoticeSink NoticesOf(byte worker) => _notices;

        public IRecordSink RecordsOf(byte worker) => new CollectedRecords();

        public FlowDemand Demand(int port)
        {
            var faults = new List<ConfigFault>();
            IReadOnlyList<FlowDemand>? demands = _commands.Demand(
                null, string.Create(CultureInfo.InvariantCulture, $"port {port}"), 10, faults);
            Assert.Empty(faults);
            return Assert.Single(demands!);
        }

        /// <summary>Names of the subscriptions that are on for a flow, but that to its end.</summary>
        public IReadOnlyList<string> On(int port) =>
            [.. Demand(port).Subscriptions.Where(s => s.State == "on" && s.Subscription != "ends")
                .Select(s => s.Subscription)];

        public void Play(int port, Action<TcpScript> says)
        {
            if (!_scripts.TryGetValue(port, out TcpScript? script))
            {
                script = _scripts[port] = TcpScript.Between(
                    string.Create(CultureInfo.InvariantCulture, $"10.0.0.1:{port}"), "10.0.0.2:80");
            }
            int played = script.Frames.Count;
            says(script);
            foreach (Frame frame in script.Frames.Skip(played))
            {
                Send(frame.Bytes);
            }
            AwaitAll();
        }

        /// <summary>Sends a frame; waits for the worker where there is no room.</summary>
        public void Send(byte[] frame)
        {
            while (!_far.TrySend(frame))
            {
                AwaitAll();
            }
            _sent++;
        }

        public void AwaitAll()
        {
            ulong seen = 0;
            while (seen < _sent)
            {
                _worker.Do(parts => seen = parts.Counters.Packets);
            }
        }

        public void Dispose()
        {
            _worker.Dispose();
            _rules.ForEach(set => set.Dispose());
            _near.Dispose();
            _far.Dispose();
            File.Delete(_file);
        }

        private static uint SidOf(EventRecord record) => EventRecord.BodyOf<IdsAlert>(in record).Ids.Sid;
    }
}
