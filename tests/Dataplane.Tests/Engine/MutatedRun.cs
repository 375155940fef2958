using System.Runtime.ExceptionServices;
using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Inspection;
using Dataplane.NetworkFunctions;
using Dataplane.Stacks.Layer23;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;

namespace Dataplane.Tests.Engine;

/// <summary>A worker with every built-in NF, small tables and mutated frames at its ports.</summary>
internal sealed class MutatedRun : IDisposable
{
    public const uint FlowMax = 4_096;
    private const uint DpiFlowMax = 1_024;
    private const int RoundsBetweenLooks = 256;

    private static readonly Type[] Kinds =
        [typeof(SignatureMatch), typeof(Dpi), typeof(FlowStats), typeof(Logger), typeof(TcpAccounting)];

    // What the demo's rules leave out: reading numbers and lengths from hostile bytes, and dropping.
    private const string Rules = """
        alert tcp any any -> any any (msg:"test"; content:"GET"; byte_test:4,>,100,1,relative; sid:1;)
        alert tcp any any -> any any (msg:"jump"; content:"1"; byte_jump:2,0,relative; content:"a"; sid:2;)
        alert udp any any -> any any (msg:"data"; content:"|00|"; isdataat:40,relative; sid:3;)
        alert udp any any -> any any (msg:"size"; dsize:>100; byte_test:1,&,128,0; sid:4;)
        alert tcp any any -> any any (msg:"flags"; flags:FPU; sid:5;)
        drop tcp any any -> any any (msg:"drop"; flow:established; content:"malware"; pcre:"/m.+e/"; sid:6;)
        alert icmp any any -> any any (msg:"message"; content:"|00 00|"; depth:30; sid:7;)
        drop udp any any -> any 6081 (msg:"tunnel"; content:"|08|"; sid:8;)
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("mutated-").FullName;
    private readonly CountingSinks _sinks = new();
    private readonly RuleSets _rules;
    private readonly WorkerResources _resources;
    private readonly WorkerParts _parts;
    private readonly MutatingPort[] _ports;
    private readonly Worker _worker;
    private readonly WorkerSettings _settings = new()
    {
        FlowMax = FlowMax,
        Clock = new VirtualClock(),
        Hash = FlowHash.Fixed,
        Timeouts = new FlowTimeouts(),
        Streams = new StreamSettings
        {
            StreamMax = FlowMax / 2,
            SlabBytesMax = 4 * 1024 * 1024,
            RunMax = 8_192,
            HeldBytesMax = 256 * 1024,
        },
        Fragments = new FragmentSettings
        {
            DatagramMax = 256, FragmentMax = 128, RunMax = 2_048, SlabBytesMax = 1024 * 1024,
        },
    };

    /// <summary>A run over frames of a seed. Inline, two ports send each other's packets on; else one
    /// listens.</summary>
    public MutatedRun(ulong seed, bool isInline)
    {
        string demo = Path.Combine(RootFolder(), "installer", "demo");
        File.WriteAllText(Path.Combine(_folder, "hostile.rules"), Rules);
        File.Copy(Path.Combine(demo, "demo.rules"), Path.Combine(_folder, "demo.rules"));
        ConfigurationDocument document = DocumentReader.Read(Document(isInline), out _)!;
        PlanResult plan = new ChainPlanner(NfCatalog.Of(Kinds)).Plan(document);
        Assert.Empty(plan.Faults);
        List<ConfigFault> faults = [];
        _rules = RuleSets.Load(document, _folder, new Dictionary<string, string>(), faults);
        Assert.Empty(faults);
        Assert.Empty(_rules.Rejected);
        _resources = new WorkerResources(_rules, DpiFlowMax);
        _parts = new WorkerParts(_settings, _sinks, _sinks);
        _parts.Runner.Use([.. plan.Chains.Select(chain => new ChainInstance(chain, FlowMax, _resources))]);
        var frames = new FrameMutator(FrameSeeds.All(demo), seed);
        var time = new PacketTime();
        object pool = new();
        _ports = [.. Enumerable.Range(0, isInline ? 2 : 1)
            .Select(i => new MutatingPort($"p{i}", (byte)i, frames, time, pool))];
        _worker = _parts.WorkerOver(
            isInline ? [new(_ports[0], _ports[1]), new(_ports[1], _ports[0])] : [new(_ports[0], null)]);
    }

    public CounterBlock Counters => _parts.Counters;

    public WorkerParts Parts => _parts;

    public ulong Received => Sum(port => port.Received);

    public ulong Sent => Sum(port => port.Sent);

    public ulong Freed => Sum(port => port.Freed);

    public ulong Drops => Counters.Drops.ToArray().Aggregate(0UL, (sum, count) => sum + count);

    public ulong Notices => _sinks.Notices;

    public ulong Records => _sinks.Records;

    /// <summary>Flows that protocol identification follows.</summary>
    public uint FollowedFlows =>
        ((ProtocolIdentifier)_resources.Find(typeof(ProtocolIdentifier), "")!).OpenCount;

    /// <summary>Exceptions thrown while packets were handled, caught or not; the first of them.</summary>
    public int ThrownCount { get; private set; }

    public string FirstThrown { get; private set; } = "";

    /// <summary>Bytes that handling packets allocated.</summary>
    public long AllocatedBytes { get; private set; }

    /// <summary>Handles so many more frames, and looks at the tables again and again.</summary>
    public void Play(long frames)
    {
        foreach (MutatingPort port in _ports)
        {
            port.Remaining = frames / _ports.Length;
        }
        int thread = Environment.CurrentManagedThreadId;
        void Note(object? sender, FirstChanceExceptionEventArgs thrown) =>
            NoteThrown(thread, thrown.Exception);
        AppDomain.CurrentDomain.FirstChanceException += Note;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            for (int round = 0; !_worker.Exhausted; round++)
            {
                _worker.RunOnce();
                if (round % RoundsBetweenLooks == 0)
                {
                    CheckTables();
                }
            }
        }
        finally
        {
            AllocatedBytes += GC.GetAllocatedBytesForCurrentThread() - before;
            AppDomain.CurrentDomain.FirstChanceException -= Note;
        }
    }

    /// <summary>Ends all flows, as a worker does that stops.</summary>
    public void EndAll() => _parts.Path.EndAll();

    public void Dispose()
    {
        _parts.Dispose();
        _resources.Dispose();
        _rules.Dispose();
        Array.ForEach(_ports, port => port.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    private void CheckTables()
    {
        bool isBounded = _parts.Flows.Count <= FlowMax
            && _parts.Layer23.Fragments.Count <= _settings.Fragments.DatagramMax
            && _parts.Tcp.Streams.OpenCount <= _settings.Streams.StreamMax
            && _parts.Tcp.Streams.HeldSlabBytes <= _settings.Streams.SlabBytesMax
            && FollowedFlows <= DpiFlowMax;
        if (!isBounded)
        {
            Assert.Fail($"A table is above its limit at frame {Received}.");
        }
    }

    private void NoteThrown(int thread, Exception error)
    {
        if (Environment.CurrentManagedThreadId == thread && ThrownCount++ == 0)
        {
            FirstThrown = $"near frame {Received}: {error.Message}\n{new System.Diagnostics.StackTrace(2)}";
        }
    }

    private ulong Sum(Func<MutatingPort, ulong> count) =>
        _ports.Aggregate(0UL, (sum, port) => sum + count(port));

    private static byte[] Document(bool isInline) => Encoding.UTF8.GetBytes(
        $$"""
        {"version":1,"ports":[{"id":"p0","device":"demo"},{"id":"p1","device":"demo"}],
         "ruleSets":[{"id":"rules","files":["demo.rules","hostile.rules"]}],
         "chains":[{"id":"main","ports":{{(isInline ? """["p0","p1"]""" : """["p0"]""")}},"stages":[
           {"nfs":[{"name":"ids","kind":"signature-match","options":{"ruleSet":"rules"} },
                   {"name":"dpi","kind":"dpi","options":{"risks":true} },
                   {"name":"stats","kind":"flow-stats"}]},
           {"nfs":[{"name":"log","kind":"logger"},{"name":"tcp","kind":"tcp-accounting"}]}]}]}
        """);

    private static string RootFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Appliance.sln")))
        {
            folder = folder.Parent;
        }
        return folder!.FullName;
    }

    private sealed class CountingSinks : INoticeSink, IRecordSink
    {
        public ulong Notices { get; private set; }

        public ulong Records { get; private set; }

        public void Accept(in Notice notice) => Notices++;

        public bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
            where T : unmanaged, IRecord
        {
            Records++;
            return true;
        }
    }
}
