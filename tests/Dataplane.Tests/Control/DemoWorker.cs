using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Control;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Notices;
using Dataplane.Ports;
using Dataplane.Time;

namespace Dataplane.Tests.Control;

/// <summary>A worker that plays the built-in demo through its chain, and the control thread.</summary>
internal sealed class DemoWorker : IDisposable
{
    /// <summary>Rounds of the worker between two of the control thread.</summary>
    private const int RoundsMax = 64;

    private const int NotATestOfSegments = 64 * 1024 * 1024;

    private readonly string _folder = Directory.CreateTempSubdirectory("demo-").FullName;
    private readonly HastyClock _clock = new();
    private readonly List<ConfigFault> _faults = [];
    private readonly RuleSets _rules;
    private readonly WorkerResources _resources;
    private readonly WorkerParts _parts;
    private readonly ReplayPort _port;
    private readonly Worker _worker;
    private readonly WakeSocket _wake;

    public DemoWorker()
    {
        string installer = Path.Combine(RootFolder(), "installer");
        byte[] json = File.ReadAllBytes(Path.Combine(installer, "defaults", "demo.json"));
        ConfigurationDocument document = DocumentReader.Read(json, out _)!;
        PlanResult plan = new ChainPlanner(NfCatalog.Scan()).Plan(document);
        _rules = RuleSets.Load(
            document, Path.Combine(installer, "defaults"), new Dictionary<string, string>(), _faults);
        Assert.Empty(_faults);
        _port = ReplayPort.Open(
            "demo", "demo", 0,
            [.. Directory.GetFiles(Path.Combine(installer, "demo"), "*.pcap").Order(StringComparer.Ordinal)],
            _clock, ReplayAddresses.MovedEachLoop);
        var settings = new WorkerSettings
        {
            FlowMax = 65_536,
            Clock = _clock,
            Hash = FlowHash.Fixed,
            Timeouts = new FlowTimeouts(),
        };
        _resources = new WorkerResources(_rules, 65_536);
        _parts = new WorkerParts(settings, Sinks.NoticesOf(0), Sinks.RecordsOf(0));
        _parts.Runner.Use(
            [.. plan.Chains.Select(chain => new ChainInstance(chain, settings.FlowMax, _resources))]);
        _worker = _parts.WorkerOver([new PortPair(_port, null)]);
        View = new WorkerView(
            -1, _parts.Counters, _parts.Flows, _parts.Bus, _parts.Runner, _parts.Sampler!);
        Engine.Workers = [View];
        Engine.Ports = [new PortView(_port, true, "")];
        SpoolFolder = Path.Combine(_folder, "spool");
        Spool = NoticeSpool.Open(
            new NoticeSpoolSettings { Folder = SpoolFolder, SegmentBytes = NotATestOfSegments },
            ControlLoop.NowUs);
        Logs = new RecordLogs(Path.Combine(_folder, "logs"), LogLimits.OfBytes(1L << 40));
        _wake = new WakeSocket(Path.Combine(_folder, "wake"));
        StatsPath = Path.Combine(_folder, "stats");
        Stats = new StatsSegment(StatsPath, Engine, Sinks, Spool, ControlLoop.NowUs);
        Loop = new ControlLoop(Sinks, Spool, Logs, _wake, Stats, new WorkerWatch(Engine, null, Assert.Fail));
    }

    public FakeEngine Engine { get; } = new();

    public EngineSinks Sinks { get; } = new();

    public NoticeSpool Spool { get; }

    public RecordLogs Logs { get; }

    public StatsSegment Stats { get; }

    public ControlLoop Loop { get; }

    public WorkerView View { get; }

    public string SpoolFolder { get; }

    public string StatsPath { get; }

    public ulong Packets => View.Counters.Packets;

    /// <summary>One round of the worker, time running on by what its packets need.</summary>
    public void RunWorker() => _worker.RunOnce();

    /// <summary>Plays so many packets; says what each of the two threads would have allocated.</summary>
    public void Play(ulong packets, out long workerBytes, out long controlBytes)
    {
        ulong end = Packets + packets;
        workerBytes = 0;
        controlBytes = 0;
        while (Packets < end)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int round = 0; round < RoundsMax; round++)
            {
                RunWorker();
            }
            long between = GC.GetAllocatedBytesForCurrentThread();
            Loop.RunOnce(ControlLoop.NowUs);
            workerBytes += between - before;
            controlBytes += GC.GetAllocatedBytesForCurrentThread() - between;
        }
    }

    public void Dispose()
    {
        Loop.Dispose();
        Stats.Dispose();
        _wake.Dispose();
        Logs.Dispose();
        Spool.Dispose();
        _parts.Dispose();
        _resources.Dispose();
        _rules.Dispose();
        _port.Dispose();
        Sinks.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string RootFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Appliance.sln")))
        {
            folder = folder.Parent;
        }
        return folder!.FullName;
    }

    /// <summary>A clock that is 5 ms later at each burst, so that a replay need not wait.</summary>
    private sealed class HastyClock : Clock
    {
        public HastyClock()
            : base(followsPackets: false) => NowNs = 1_795_000_000_000_000_000;

        public override void BeginBurst() => NowNs += 5_000_000;
    }
}
