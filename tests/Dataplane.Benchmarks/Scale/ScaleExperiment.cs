using System.Globalization;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Stacks.TcpMonitor;

namespace Dataplane.Benchmarks.Scale;

/// <summary>X9: 10³ to 10⁶ open flows: time a packet, flows tracked, memory a flow.</summary>
public sealed class ScaleExperiment : Experiment
{
    private const int PacketsOfRun = 400_000;

    /// <summary>How much slower the most flows may be than the fewest.</summary>
    private const double SlowdownMax = 2;

    /// <summary>Twenty times mOS's 0.24 million packets a CPU-second with 10⁶ flows.</summary>
    private const double MillionFlowsRateMin = 4.8e6;

    /// <summary>Resident memory that 10⁶ monitored flows may take.</summary>
    private const double MillionFlowsBytesMax = 300e6;
    private const double Million = 1e6;
    private static readonly uint[] FlowCounts = [1_000, 10_000, 100_000, 1_000_000];

    private static readonly (string Id, string Stages)[] Chains =
    [
        ("monitor", """{"nfs":[{"name":"s","kind":"bench-states"}]}"""),
        ("monitor and streams",
            """{"nfs":[{"name":"s","kind":"bench-states"},{"name":"b","kind":"bench-bytes"}]}"""),
        ("monitor and flow-stats",
            """{"nfs":[{"name":"s","kind":"bench-states"},{"name":"f","kind":"flow-stats"}]}"""),
    ];

    public override string Name => "scale";

    public override string Summary => "10³ to 10⁶ open flows: ns a packet, flows tracked, bytes a flow";

    public override ExperimentReport Measure(string command)
    {
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        double plain = 0;
        foreach ((string id, string stages) in Chains)
        {
            plain = MeasureChain(id, stages, plain, rules, rows, checks);
        }

        return ExperimentReport.Now(Name, command, rows, checks);
    }

    private static double MeasureChain(
        string id, string stages, double plainBytes, RuleSets rules, List<ReportRow> rows,
        List<ReportCheck> checks)
    {
        var runs = new Interleaved();
        var subjects = new List<ScaleSubject>();
        double bytesOfMost = 0;
        foreach (uint flows in FlowCounts)
        {
            double before = ResidentBytes();
            var subject = new ScaleSubject(flows, stages, rules, PacketsOfRun, StreamsOf(id, flows));
            subject.Open();
            subjects.Add(subject);
            bytesOfMost = ResidentBytes() - before;
            runs.Add(Of(flows), subject.Run);
            runs.Add($"generator {Of(flows)}", ScaleSubject.Generator(flows, PacketsOfRun));
            ReportRow resident =
                ReportRow.Counted($"resident, {Of(flows)} flows", "MB", bytesOfMost / Million);
            rows.Add(resident with { Traffic = id });
            AddPools(id, flows, subject, rows);
            uint tracked = subject.Chain.Parts.Flows.Count;
            uint followed = subject.Chain.Parts.Tcp.Pairs.UsedCount;
            checks.Add(new ReportCheck(
                $"{id}, {Of(flows)} tracked", tracked == flows && followed == flows,
                $"{tracked} of {flows}, {followed} with both halves"));
        }

        runs.Run();
        double[] ns =
            [.. FlowCounts.Select(flows => runs.Median(Of(flows)) - runs.Median($"generator {Of(flows)}"))];
        for (int i = 0; i < FlowCounts.Length; i++)
        {
            ReportRow row = runs.Nanoseconds(Of(FlowCounts[i]));
            rows.Add(row with
            {
                Id = $"{row.Id} flows",
                Traffic = id,
                Note = string.Create(CultureInfo.InvariantCulture,
                    $"{ns[i]:0.0} without the generator: {1e3 / ns[i]:0.0} million packets a CPU-second"),
            });
        }

        AddChecks(id, ns, bytesOfMost, plainBytes, rows, checks);
        checks.Add(runs.NothingAllocated() with { Name = $"{id}, allocated" });
        checks.Add(runs.Load() with { Name = $"{id}, machine" });
        subjects.ForEach(subject => subject.Dispose());
        return plainBytes > 0 ? plainBytes : bytesOfMost;
    }

    private static void AddChecks(
        string id, double[] ns, double bytesOfMost, double plainBytes, List<ReportRow> rows,
        List<ReportCheck> checks)
    {
        double slowdown = ns[^1] / ns[0];
        double rate = 1e9 / ns[^1];
        checks.Add(ReportCheck.Aim($"{id}, 10^6 against 10^3", slowdown <= SlowdownMax, string.Create(
            CultureInfo.InvariantCulture, $"{slowdown:0.00} times the time, at most {SlowdownMax}")));
        checks.Add(ReportCheck.Aim($"{id}, rate with 10^6", rate >= MillionFlowsRateMin, string.Create(
            CultureInfo.InvariantCulture,
            $"{rate / Million:0.0} million packets a CPU-second, at least {MillionFlowsRateMin / Million}")));
        if (plainBytes == 0)
        {
            checks.Add(ReportCheck.Aim($"{id}, memory of 10^6", bytesOfMost <= MillionFlowsBytesMax,
                string.Create(CultureInfo.InvariantCulture,
                $"{bytesOfMost / Million:0} MB resident, at most {MillionFlowsBytesMax / Million:0}")));
        }
        else
        {
            ReportRow added = ReportRow.Counted(
                "state beside the monitor", "bytes a flow", (bytesOfMost - plainBytes) / FlowCounts[^1]);
            rows.Add(added with { Traffic = id, Note = "what NFs and streams keep, reported apart" });
        }
    }

    /// <summary>Where the memory is, with the most flows.</summary>
    private static void AddPools(string id, uint flows, ScaleSubject subject, List<ReportRow> rows)
    {
        if (flows != FlowCounts[^1])
        {
            return;
        }

        foreach ((string pool, ulong bytes) in subject.Memory)
        {
            ReportRow row = ReportRow.Counted($"{pool}, {Of(flows)} flows", "MB", bytes / Million);
            rows.Add(row with
            {
                Traffic = id,
                Note = string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / flows:0} bytes a flow"),
            });
        }
    }

    /// <summary>Payload is held by no flow here; what a chain without streams never opens is left
    /// small.</summary>
    public static StreamSettings StreamsOf(string chain, uint flows) =>
        chain.Contains("streams", StringComparison.Ordinal)
            ? new StreamSettings { StreamMax = (flows * 2) + 64 }
            : new StreamSettings { StreamMax = 64, SlabBytesMax = 1 << 20, RunMax = 1_024 };

    private static string Of(uint flows) => $"10^{(int)Math.Log10(flows)}";

    /// <summary>Memory of the process that is in RAM now, without what making a chain left behind: the daemon
    /// collects once, too, before it opens its ports.</summary>
    public static double ResidentBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        string line = File.ReadLines("/proc/self/status")
            .First(text => text.StartsWith("VmRSS", StringComparison.Ordinal));
        string huge = File.ReadLines("/proc/self/status")
            .First(text => text.StartsWith("HugetlbPages", StringComparison.Ordinal));
        return Kilobytes(line) + Kilobytes(huge);
    }

    private static double Kilobytes(string line) =>
        1_024 * double.Parse(
            line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
}
