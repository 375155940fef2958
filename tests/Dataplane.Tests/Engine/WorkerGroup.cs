using System.Text;
using System.Text.RegularExpressions;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Notices;
using Dataplane.Ports;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;

namespace Dataplane.Tests.Engine;

/// <summary>So many workers over one port of one queue; each writes the files of <c>analyze</c> into a
/// folder of
/// its own.</summary>
internal sealed partial class WorkerGroup : IDisposable
{
    private const uint FlowMax = 8_192;

    private readonly string _folder = Directory.CreateTempSubdirectory("workers-").FullName;
    private readonly List<OfflineRecords> _records = [];
    private readonly List<WorkerParts> _parts = [];
    private readonly List<Worker> _workers = [];
    private readonly List<WorkerResources> _resources = [];
    private readonly RuleSets _rules;
    private readonly WorkerMesh? _mesh;

    public WorkerGroup(int count, IPort ingress, IPort? egress = null, bool hasOneReceiver = true,
        string placement = "inline")
    {
        byte[] text = Encoding.UTF8.GetBytes(DocumentOf(placement));
        ConfigurationDocument document = DocumentReader.Read(text, out _)!;
        PlanResult plan = new ChainPlanner(NfCatalog.Scan()).Plan(document);
        Assert.Empty(plan.Faults);
        _rules = RuleSets.Load(document, _folder, new Dictionary<string, string>(), []);
        _mesh = count > 1 ? new WorkerMesh(count, FlowHash.Fixed, hasOneReceiver) : null;
        for (int number = 0; number < count; number++)
        {
            string folder = Directory.CreateDirectory(Path.Combine(_folder, $"{number}")).FullName;
            var records = new OfflineRecords(folder, RecordOutputs.All);
            var resources = new WorkerResources(_rules, 16);
            var parts = new WorkerParts(SettingsOf((byte)number), new OfflineSink(), records);
            parts.Runner.Use([.. plan.Chains.Select(chain => new ChainInstance(chain, FlowMax, resources))]);
            _records.Add(records);
            _resources.Add(resources);
            _parts.Add(parts);
            _workers.Add(parts.WorkerOver(number == 0 ? [new PortPair(ingress, egress)] : [], mesh: _mesh));
        }
    }

    public IReadOnlyList<WorkerParts> Parts => _parts;

    /// <summary>Plays the port to its end, by turns on this thread.</summary>
    public void RunByTurns()
    {
        while (!IsDone)
        {
            _workers.ForEach(worker => _ = worker.RunOnce());
        }
        Finish();
    }

    /// <summary>Plays the port to its end, each worker on a thread of its own.</summary>
    public void RunOnThreads()
    {
        bool isDone = false;
        List<Thread> threads = [.. _workers.Select((worker, number) => new Thread(() =>
        {
            while (!Volatile.Read(ref isDone))
            {
                _ = worker.RunOnce();
                if (number == 0)
                {
                    Volatile.Write(ref isDone, IsDone);
                }
            }
        }))];
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Finish();
    }

    /// <summary>Lines of one file of all workers, in order of their text,
    /// without the number that names worker and slot, and without the end: a worker's virtual clock does not
    /// go back where a capture's times do.</summary>
    public string[] LinesOf(string file) =>
        [.. Enumerable.Range(0, _workers.Count)
            .SelectMany(number => File.ReadAllLines(Path.Combine(_folder, $"{number}", file)))
            .Select(line => OfWorker().Replace(line, ""))
            .Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        _parts.ForEach(parts => parts.Dispose());
        _resources.ForEach(resources => resources.Dispose());
        _records.ForEach(records => records.Dispose());
        _rules.Dispose();
        _mesh?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex("\"flow_id\":[0-9]+,|\"end\":\"[^\"]*\",?")]
    private static partial Regex OfWorker();

    private bool IsDone => _workers[0].Exhausted && !_workers.Exists(worker => worker.IsWaiting);

    private void Finish()
    {
        _parts.ForEach(parts => parts.Path.EndAll());
        _records.ForEach(records => records.Finish());
    }

    private static string DocumentOf(string placement) => $$"""
        {"version":1,"ports":[{"id":"a","device":"demo"}],
         "chains":[{"id":"all","ports":["a"],"stages":[{"nfs":[
           {"name":"tcp","kind":"tcp-accounting","placement":"{{placement}}",
            "options":{"streamHashes":true} },
           {"name":"stats","kind":"flow-stats","placement":"{{placement}}"}]}]}]}
        """;

    private static WorkerSettings SettingsOf(byte number) => new()
    {
        Worker = number,
        FlowMax = FlowMax,
        Clock = new VirtualClock(),
        Hash = FlowHash.Fixed,
        Streams = new StreamSettings { StreamMax = FlowMax, SlabBytesMax = 16 << 20, RunMax = 16_384 },
    };
}
