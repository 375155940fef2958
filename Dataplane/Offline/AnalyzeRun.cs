using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Notices;
using Dataplane.Ports;
using Dataplane.Stacks.TcpMonitor;
using Dataplane.Time;

namespace Dataplane.Offline;

/// <summary><c>analyze</c>: one capture through a chain on a virtual clock;
/// the same files in every run.</summary>
public static class AnalyzeRun
{
    private const uint FlowMax = 1_000_000;
    private const uint FlowMin = 1_024;

    /// <summary>Smallest record and frame in a capture: what bounds its packets, and so its flows.</summary>
    private const long PacketBytesMin = 32;

    /// <summary>A capture's bytes are held at most so often: out of order, kept from the start,
    /// kept as newest.</summary>
    private const long SlabShare = 4;
    private const long SlabBytesMin = 1 << 20;

    /// <summary>Runs it. Answers 0, 1 (a failed run) or 2 (wrong usage); faults go to
    /// <paramref name="errors"/>.</summary>
    public static int Execute(IReadOnlyList<string> words, TextWriter errors)
    {
        if (words.Contains("--help"))
        {
            Console.WriteLine(AnalyzeOptions.Usage);
            return 0;
        }

        if (!AnalyzeOptions.TryParse(words, out AnalyzeOptions? options, out string? fault))
        {
            errors.WriteLine(fault);
            return 2;
        }

        try
        {
            return Run(options!, errors);
        }
        catch (Exception error) when (error is CaptureException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(error.Message);
            return 1;
        }
    }

    private static int Run(AnalyzeOptions options, TextWriter errors)
    {
        using CapturePort port = CapturePort.Open(AnalyzeDocument.PortId, options.Capture, index: 0);
        ConfigurationDocument? document =
            AnalyzeDocument.Make(options, out IReadOnlyList<ConfigFault> faults);
        if (document is null)
        {
            return Report(faults, errors);
        }

        PlanResult plan = new ChainPlanner(NfCatalog.Scan()).Plan(document);
        var found = new List<ConfigFault>(plan.Faults);
        string baseDirectory = Path.GetDirectoryName(Path.GetFullPath(options.ChainFile ?? options.Capture))!;
        using RuleSets rules =
            RuleSets.Load(document, baseDirectory, new Dictionary<string, string>(), found);
        if (found.Count > 0)
        {
            return Report(found, errors);
        }

        Directory.CreateDirectory(options.OutputFolder);
        using var run = new AnalyzeWorker(Settings(options), document, plan.Chains, rules, options);
        TimeSpan processing = run.Process(port);
        ResultFiles.WriteRejectedRules(options.OutputFolder, rules.Rejected);
        RunSummary summary = run.Summarize(port, rules, processing);
        ResultFiles.WriteSummary(options.OutputFolder, summary);
        if (port.IsTruncated)
        {
            errors.WriteLine($"Warning: {options.Capture} ends inside a packet; it was read up to there.");
        }

        return 0;
    }

    private static int Report(IReadOnlyList<ConfigFault> faults, TextWriter errors)
    {
        foreach (ConfigFault fault in faults)
        {
            string place = fault.Path.Length == 0 ? "" : $"{fault.Path}: ";
            errors.WriteLine($"{place}{fault.Message} {fault.Fix}".TrimEnd());
        }

        return 1;
    }

    private static WorkerSettings Settings(AnalyzeOptions options)
    {
        long bytes = new FileInfo(options.Capture).Length;
        long packets = bytes / PacketBytesMin;
        uint flows = (uint)Math.Clamp(packets, FlowMin, FlowMax);
        return new WorkerSettings
        {
            FlowMax = flows,
            Clock = new VirtualClock(),
            Hash = FlowHash.Fixed,
            Timeouts = options.HasLiveTimeouts ? new FlowTimeouts() : null,
            Streams = StreamsFor(flows, bytes),
        };
    }

    // A small capture needs small pools: most of the time of a short run would go into clearing memory.
    private static StreamSettings StreamsFor(uint flows, long captureBytes)
    {
        var full = new StreamSettings();
        return full with
        {
            StreamMax = Math.Min(flows * 2, full.StreamMax),
            RunMax = Math.Min(flows * 8, full.RunMax),
            SlabBytesMax = (uint)Math.Clamp(captureBytes * SlabShare, SlabBytesMin, full.SlabBytesMax),
        };
    }
}
