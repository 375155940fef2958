using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Ports;
using Dataplane.Time;

namespace Dataplane.Benchmarks;

/// <summary>A worker with a chain over frames in memory: everything but the wire.</summary>
public sealed class ChainSubject : IDisposable
{
    private readonly CountingSinks _sinks = new();
    private readonly WorkerParts _parts;
    private readonly WorkerResources _resources;
    private readonly MemoryPort _port;
    private readonly Worker _worker;

    /// <summary>A chain given as the stages of a document.</summary>
    public ChainSubject(FrameStore frames, string stages, RuleSets rules, int burstSize,
        uint flowMax = 65_536)
    {
        string text = $$"""
            {"version":1,"ports":[{"id":"memory","device":"demo"}],
             "ruleSets":[{"id":"bench"}],
             "chains":[{"id":"bench","ports":["memory"],"stages":[{{stages}}]}]}
            """;
        ConfigurationDocument document = DocumentReader.Read(Encoding.UTF8.GetBytes(text), out var faults)
            ?? throw new ArgumentException(string.Join("\n", faults));
        PlanResult plan = new ChainPlanner(NfCatalog.Scan()).Plan(document);
        if (plan.Faults.Count > 0)
        {
            throw new ArgumentException(string.Join("\n", plan.Faults));
        }

        var settings = new WorkerSettings
        {
            FlowMax = flowMax,
            Clock = new VirtualClock(),
            Hash = FlowHash.Fixed,
            Pages = MemoryPages.Huge,
        };
        _parts = new WorkerParts(settings, _sinks, _sinks);
        _resources = new WorkerResources(rules, flowMax);
        _parts.Runner.Use([.. plan.Chains.Select(chain => new ChainInstance(chain, flowMax, _resources))]);
        _port = new MemoryPort(frames);
        _worker = _parts.WorkerOver([new PortPair(_port, null)], burstSize);
    }

    /// <summary>Packets handled, flows begun, and so on.</summary>
    public WorkerParts Parts => _parts;

    /// <summary>Alerts and other notices so far.</summary>
    public long Notices => _sinks.Notices;

    /// <summary>All frames once, from the first packet of every flow to its end; answers how many.</summary>
    public long Run()
    {
        _port.Rewind();
        long packets = 0;
        while (!_worker.Exhausted)
        {
            packets += _worker.RunOnce();
        }

        // Flows end within the run that began them, so that each run does the same work.
        _parts.Path.EndAll();
        return packets;
    }

    public void Dispose()
    {
        _parts.Dispose();
        _resources.Dispose();
        _port.Dispose();
    }

    private sealed class CountingSinks : INoticeSink, IRecordSink
    {
        public long Notices { get; private set; }

        public void Accept(in Notice notice) => Notices++;

        public bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
            where T : unmanaged, IRecord => true;
    }
}
