using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Contract.Live;
using Dataplane.Control;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.Native.Threads;
using Dataplane.Ports;
using Testing;

namespace Dataplane.Tests.Engine;

/// <summary>A real engine in the middle one of <see cref="Namespaces"/>, between client and server.</summary>
internal sealed class InlineAppliance : IEngineSinks, INoticeSink, IRecordSink, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("inline-").FullName;
    private readonly SemaphoreSlim _alerts = new(0);
    private readonly Namespaces _namespaces;
    private readonly int _workers;
    private readonly Dataplane.Engine.Engine _engine;
    private uint _revision;

    public InlineAppliance(Namespaces namespaces, int workers = 1)
    {
        (_namespaces, _workers) = (namespaces, workers);
        _engine = new Dataplane.Engine.Engine(this, new PortFactory(new PortFactory.Options
        {
            FilePrefix = $"tests-{Environment.ProcessId}",
            DemoFolder = _folder,
            BufferCount = 8191,
            MemoryMebibytes = 128,
        }));
    }

    public IReadOnlyList<PortView> Ports => _engine.Ports;

    /// <summary>Puts a chain of all NFs with these rules in place, as the next revision.</summary>
    public void Apply(params string[] rules)
    {
        EngineOutcome outcome = ApplyChain(
            """
            {"name":"ids","kind":"signature-match","options":{"ruleSet":"edge"}},
            {"name":"dpi","kind":"dpi"},{"name":"stats","kind":"flow-stats"}
            """,
            """ "flows":4096 """,
            rules);
        Assert.Empty(outcome.RejectedRules);
        Assert.Equal(rules.Length, outcome.RulesLoaded);
    }

    /// <summary>Puts a chain of these NFs in place, as the next revision.</summary>
    public EngineOutcome ApplyChain(string nfs, string limits, params string[] rules)
    {
        EngineOutcome? outcome = null;
        Inside(() =>
        {
            File.WriteAllLines(Path.Combine(_folder, "edge.rules"), rules);
            EngineRevision? revision = new ConfigLoader(new ChainPlanner(NfCatalog.Scan())).Load(
                ++_revision, Document(nfs, limits), _folder, new Dictionary<string, string>(),
                out IReadOnlyList<ConfigFault> faults);
            Assert.Empty(faults);
            outcome = _engine.Apply(revision!);
            Assert.Empty(outcome.Faults);
        });
        return outcome!;
    }

    /// <summary>Looks at the ports, as the live process does every two seconds.</summary>
    public IReadOnlyList<PortView> LookAtPorts()
    {
        Inside(_engine.RefreshPorts);
        return Ports;
    }

    /// <summary>What its live flows are heard by.</summary>
    public IReadOnlyList<FlowDemand> Demand(string filter)
    {
        List<ConfigFault> faults = [];
        IReadOnlyList<FlowDemand>? demands = _engine.Demand(null, filter, 1_000, faults);
        Assert.Empty(faults);
        return demands!;
    }

    /// <summary>Waits for the next alert; false when none comes.</summary>
    public bool WaitForAlert() =>
        _alerts.Wait(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

    public INoticeSink NoticesOf(byte worker) => this;

    public IRecordSink RecordsOf(byte worker) => this;

    public void Accept(in Notice notice)
    {
        if (notice.Record.TypeId == EventType<IdsAlert>.Id)
        {
            _alerts.Release();
        }
    }

    public bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
        where T : unmanaged, IRecord => true;

    public void Dispose()
    {
        Inside(_engine.Dispose);
        _alerts.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private byte[] Document(string nfs, string limits) => Encoding.UTF8.GetBytes($$$"""
        {"version":1,"workers":{"count":{{{_workers}}}},
         "ports":[{"id":"wan","device":"af_packet:wan"},{"id":"lan","device":"af_packet:lan"}],
         "ruleSets":[{"id":"edge","files":["edge.rules"],"vars":{"HOME_NET":"any","EXTERNAL_NET":"any"}}],
         "chains":[{"id":"edge","ports":["wan","lan"],"stages":[{"nfs":[{{{nfs}}}]}]}],
         "limits":{{{{limits}}},"reassemblyBytes":16777216}}
        """);

    // Interfaces are opened where the calling thread is, and threads that it makes are born there.
    private void Inside(Action action)
    {
        Exception? fault = null;
        Thread thread = new(() => fault = Record.Exception(() =>
        {
            Assert.True(NetworkNamespace.TryEnter(_namespaces.Appliance, out string error), error);
            action();
        }));
        thread.Start();
        thread.Join();
        Assert.Null(fault);
    }
}
