using Dataplane.Chains;
using Dataplane.Flows;
using Dataplane.Ports;
using Dataplane.Time;

namespace Dataplane.Engine;

/// <summary>Runs a revision's chains on made-up connections before any port opens (engine §22).</summary>
/// <remarks>
/// Code runs slowly and may allocate until the runtime has compiled it for good; that must not happen under
/// traffic. Everything the warm-up says and writes is thrown away. Control thread.
/// </remarks>
public static class WarmUp
{
    private const int Packets = 50_000;
    private const uint FlowMax = 4_096;

    /// <summary>Runs it, and collects what starting up has left behind.</summary>
    public static void Run(EngineRevision revision, RuleSets rules)
    {
        var nowhere = new Nowhere();
        var settings = new WorkerSettings
        {
            FlowMax = FlowMax,
            Clock = new VirtualClock(),
            Hash = FlowHash.Random(),
            Timeouts = new FlowTimeouts(),
        };
        using var parts = new WorkerParts(settings, nowhere, nowhere);
        using var resources = new WorkerResources(rules, FlowMax);
        parts.Runner.Use([.. revision.Chains.Select(chain => new ChainInstance(chain, FlowMax, resources))]);
        int ports = Math.Max(1, revision.Document.Ports.Count);
        for (int port = 0; port < ports; port++)
        {
            using var traffic = new WarmUpPort((byte)port, Packets / ports);
            Worker worker = parts.WorkerOver([new PortPair(traffic, traffic)]);
            while (!worker.Exhausted)
            {
                _ = worker.RunOnce();
            }
        }

        parts.Path.EndAll();
        GC.Collect();
    }

    private sealed class Nowhere : INoticeSink, IRecordSink
    {
        public void Accept(in Notice notice)
        {
        }

        public bool Write<T>(ChainFunction function, in T record, ReadOnlySpan<byte> tail)
            where T : unmanaged, IRecord => true;
    }
}
