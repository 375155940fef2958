using System.Diagnostics;
using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Counters;
using Dataplane.Engine;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Notices;
using Dataplane.Ports;

namespace Dataplane.Offline;

/// <summary>The one worker of an <c>analyze</c> run, on the calling thread.</summary>
public sealed class AnalyzeWorker : IDisposable
{
    private readonly OfflineSink _notices = new();
    private readonly OfflineRecords _records;
    private readonly WorkerResources _resources;
    private readonly WorkerParts _parts;

    /// <summary>Makes the worker and its NFs.</summary>
    public AnalyzeWorker(
        WorkerSettings settings, ConfigurationDocument document, IReadOnlyList<Chain> chains, RuleSets rules,
        AnalyzeOptions options)
    {
        _records = new OfflineRecords(options.OutputFolder, OutputsOf(options));
        _resources = new WorkerResources(
            rules, Math.Min((uint)document.Limits.DpiFlows, settings.FlowMax), hostNames: settings.FlowMax);
        _parts = new WorkerParts(settings, _notices, _records);
        _parts.Use(document.Stack, isLive: false);
        _parts.Runner.Use(
            [.. chains.Select(chain => new ChainInstance(chain, settings.FlowMax, _resources))]);
    }

    /// <summary>Handles the whole capture and ends all flows. Answers the time it took,
    /// loading apart.</summary>
    public TimeSpan Process(CapturePort port)
    {
        long start = Stopwatch.GetTimestamp();
        Worker worker = _parts.WorkerOver([new PortPair(port, null)]);
        while (!worker.Exhausted)
        {
            _ = worker.RunOnce();
        }

        _parts.Path.EndAll();
        _records.Finish();
        return Stopwatch.GetElapsedTime(start) - port.LoadTime;
    }

    /// <summary>The figures of the run.</summary>
    public RunSummary Summarize(CapturePort port, RuleSets rules, TimeSpan processing)
    {
        CounterBlock counters = _parts.Counters;
        return new RunSummary
        {
            Packets = counters.Packets,
            Bytes = counters.Bytes,
            Flows = counters.FlowsStarted,
            Alerts = _records.Alerts,
            CaptureTruncated = port.IsTruncated,
            Drops = Named(counters.Drops, i => ((DropReason)i).ToString()),
            EventsBuilt = Named(_parts.Bus.BuiltByType, i => EventTree.Types[i].Path),
            EventsDelivered = Delivered(),
            Depths = Named(counters.DepthPackets, i => DepthName.Text((StackDepth)i)),
            RulesLoaded = rules.LoadedCount,
            RulesRejected = rules.Rejected.Count,
            Seconds = processing.TotalSeconds,
            CaptureLoadSeconds = port.LoadTime.TotalSeconds,
            RuleLoadSeconds = rules.LoadTime.TotalSeconds,
        };
    }

    public void Dispose()
    {
        _parts.Dispose();
        _resources.Dispose();
        _records.Dispose();
    }

    private static RecordOutputs OutputsOf(AnalyzeOptions options) =>
        (options.WritesEve ? RecordOutputs.Eve : 0)
        | (options.WritesTcp ? RecordOutputs.Tcp : 0)
        | (options.WritesFlows ? RecordOutputs.Flows : 0);

    private static Dictionary<string, ulong> Named(ReadOnlySpan<ulong> counts, Func<int, string> name)
    {
        var named = new Dictionary<string, ulong>(StringComparer.Ordinal);
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] != 0)
            {
                named[name(i)] = counts[i];
            }
        }

        return named;
    }

    private Dictionary<string, IReadOnlyDictionary<string, ulong>> Delivered()
    {
        var delivered = new Dictionary<string, IReadOnlyDictionary<string, ulong>>(StringComparer.Ordinal);
        foreach (ChainInstance chain in _parts.Runner.Chains)
        {
            for (int nf = 0; nf < chain.Functions.Length; nf++)
            {
                delivered[chain.Chain.Functions[nf].Name] =
                    Named(chain.DeliveredTo(nf), i => EventTree.Types[i].Path);
            }
        }

        return delivered;
    }
}
