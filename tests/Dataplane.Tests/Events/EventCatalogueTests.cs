using System.Text.RegularExpressions;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Events;
using Testing;

namespace Dataplane.Tests.Events;

/// <summary>The catalogue: every node is there under its name, and somebody raises it.</summary>
public sealed partial class EventCatalogueTests
{
    private const string Nodes = """
        PKT PKT/IN PKT/IN/RAW PKT/OUT PKT/DROP PKT/ETH PKT/ETH/ARP PKT/IP PKT/IP/FRAG
        PKT/IP/FRAG/OVERLAP PKT/IP/FRAG/TIMEOUT PKT/IP/FRAG/REASSEMBLED PKT/IP/ICMP
        PKT/IP/ICMP/ERROR PKT/IP/BAD PKT/IP/UDP PKT/TCP PKT/TCP/SYN PKT/TCP/SYNACK PKT/TCP/ACK
        PKT/TCP/DATA PKT/TCP/FIN PKT/TCP/RST PKT/TCP/OPT PKT/TCP/OPT/MSS PKT/TCP/OPT/WS
        PKT/TCP/OPT/TS PKT/TCP/OPT/SACK PKT/TCP/OPT/SACK_PERM PKT/TCP/OPT/TFO PKT/TCP/OPT/MD5
        PKT/TCP/OPT/UNKNOWN PKT/TCP/KEEPALIVE PKT/TCP/ZEROWIN PKT/TCP/ZEROWIN_PROBE
        PKT/TCP/WINUPDATE PKT/TCP/DUPACK PKT/TCP/BAD FLOW FLOW/START FLOW/END FLOW/ORPHAN
        FLOW/REUSED FLOW/FLIPPED FLOW/DEPTH_CHANGE FLOW/BYPASSED FLOW/EVICTED FLOW/UPDATE TCP
        TCP/STATE TCP/STATE/CLOSED TCP/STATE/LISTEN TCP/STATE/SYN_SENT TCP/STATE/SYN_RECEIVED
        TCP/STATE/ESTABLISHED TCP/STATE/FIN_WAIT_1 TCP/STATE/FIN_WAIT_2 TCP/STATE/CLOSE_WAIT
        TCP/STATE/CLOSING TCP/STATE/LAST_ACK TCP/STATE/TIME_WAIT TCP/ATTEMPT TCP/REJECTED
        TCP/HALF_CLOSED TCP/REXMIT TCP/REXMIT/INCONSISTENT TCP/REORDER TCP/LOSS_HINT TCP/RTT
        TCP/WINDOW TCP/ERROR TCP/ERROR/OUT_OF_WINDOW TCP/ERROR/BUFFER_OVERRUN TCP/ERROR/ACK_UNSEEN
        TCP/ERROR/PAWS TCP/ERROR/BAD_TIMESTAMP TCP/ERROR/CHALLENGE TCP/ANOMALY
        TCP/ANOMALY/SPLIT_HANDSHAKE TCP/ANOMALY/SYN_WITH_DATA TCP/ANOMALY/DATA_AFTER_RST
        TCP/ANOMALY/RST_WITH_DATA TCP/ANOMALY/SUSPECTED_RST_INJECT TCP/ANOMALY/SYN_INSIDE
        TCP/ANOMALY/URGENT_OOB TCP/ANOMALY/BAD_WINDOW_UPDATE TCP/ANOMALY/FIN_STORM
        TCP/ANOMALY/RST_STORM TCP/ANOMALY/HANDSHAKE_INJECT DATA_RDY DATA_RDY/FIRST DATA_RDY/EOF
        DATA_RDY/GAP DATA_RDY/URGENT DATA_RDY/DEPTH_REACHED DPI DPI/DETECT DPI_DETECT DPI/GIVE_UP
        DPI/CHANGED DPI/RISK IDS IDS/ALERT IDS_ALERT IDS/CLEAN IDS/ANOMALY STAT STAT/LONG_FLOW
        LONG_FLOW STAT/ELEPHANT STAT/HEAVY_HITTER STAT/SUPER_SPREADER STAT/SCAN STAT/THRESHOLD
        STAT/FLOOD CHAIN CHAIN/NF_UP CHAIN/NF_DOWN CHAIN/NF_FAULT CHAIN/SUB_CHANGED CHAIN/OVERLOAD
        CHAIN/BACKPRESSURE SYS SYS/TIMER SYS/DEBUG SYS/MEMCAP SYS/TICK SYS/NOTICES_LOST SYS/STORAGE
        """;

    /// <summary>Parents that are only ever published as one of their children; and DEBUG, which NFs
    /// publish.</summary>
    private static readonly string[] OnlyParents = ["AnyEvent", "DpiEvent", "TcpEvent", "DebugMessage"];

    /// <summary>Declared, and nobody publishes them so far: detectors that are no NFs yet, a verdict of
    /// whole flows, and what becomes of IP before it is a flow's.</summary>
    private static readonly string[] Unpublished =
    [
        "Flood", "HeavyHitter", "IdsAnomaly", "IdsClean", "PortScan", "SuperSpreader",
        "FragmentTimeout", "IcmpError",
    ];

    [Fact]
    public void Every_node_of_the_catalogue_is_found_by_its_path()
    {
        string[] missing = [.. Nodes.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Where(node => !EventTree.TryFind("EVENT/" + node, out _))];
        Assert.Empty(missing);
        Assert.True(EventTree.TryFind("PKT_IN", out ushort packetIn));
        Assert.Equal(EventType<Dataplane.Events.TcpPacket>.Id, packetIn);
        Assert.True(EventTree.Types.Count > 100);
    }

    [Fact]
    public void E2_An_NF_that_claims_a_type_of_the_stack_is_refused_with_both_types()
    {
        ConfigFault fault = Assert.Single(ChainBench.Plan(
            ChainBench.Document(1, ChainBench.Nf("u", "usurper")), typeof(Usurper)).Faults);
        Assert.Equal("no-right", fault.Code);
        Assert.Equal(
            "usurper publishes EVENT/TCP/RTT, but types of EVENT/TCP come from the stack alone.",
            fault.Message);
    }

    [Fact]
    public void E2_An_NF_may_publish_a_type_of_its_own_below_a_type_of_the_stack() =>
        Assert.Empty(ChainBench.Plan(
            ChainBench.Document(1, ChainBench.Nf("s", "settler")), typeof(Settler)).Faults);

    [Fact]
    public void Every_type_of_the_dataplane_is_made_somewhere()
    {
        string source = string.Concat(SourceFiles().Select(File.ReadAllText));
        HashSet<string> made = [.. Made().Matches(source).Select(m => m.Groups[1].Value)];
        string[] idle = [.. EventTree.Types
            .Where(type => type.KindValue is null && type.Body.Assembly == typeof(EventTree).Assembly
                && !EventTree.IsA(type.Id, EventType<AppEvent>.Id))
            .Select(type => type.Body.Name)
            .Where(name => !made.Contains(name) && !OnlyParents.Contains(name)
                && !Unpublished.Contains(name))];
        Assert.Empty(idle);
    }

    private static IEnumerable<string> SourceFiles()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Appliance.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Directory.EnumerateFiles(
            Path.Combine(folder!, "Dataplane"), "*.cs", SearchOption.AllDirectories);
    }

    // A body is made; or a record of a kind is, which has the body of its parent.
    [GeneratedRegex(@"(?:(?:new |default\(|<)([A-Z]\w+)(?:\(|\)|>\()"
        + @"|(?:Send\([^;]*|\(TcpFindings\.\w+, |[?:] )EventType<(?<1>\w+)>\.Id"
        + @"|EventKinds<(?<1>\w+)>\.TypeOf)")]
    private static partial Regex Made();

    /// <summary>Claims round-trip times for itself.</summary>
    [NetworkFunction("usurper", PacketAccess.Read)]
    public sealed class Usurper : INetworkFunction, IHandle<TcpPacket>, IPublish<TcpRoundTrip>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Verdict.Pass;
    }

    /// <summary>EVENT/TCP/SETTLED: a type of an NF below one of the stack.</summary>
    [Event("SETTLED", Parent = typeof(TcpEvent))]
    public readonly record struct Settled(TcpEvent Tcp) : IEvent;

    /// <summary>Publishes a type of its own.</summary>
    [NetworkFunction("settler", PacketAccess.Read)]
    public sealed class Settler : INetworkFunction, IHandle<TcpPacket>, IPublish<Settled>
    {
        public Verdict Handle(in Event<TcpPacket> e, NfContext context) => Verdict.Pass;
    }
}
