using System.Globalization;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Native.Threads;

namespace Dataplane.Benchmarks.Latency;

/// <summary>Figure 8: five NFs in a row, tuned by events; latency at a constant offered rate on two
/// cores.</summary>
public sealed class MonLatencyExperiment : Experiment
{
    private const int WarmUps = 3;
    private const int LoadPointRuns = 5;
    private const int CalibrationRounds = 20_000_000;

    /// <summary>The common rate, as a share of what the slowest bar can do.</summary>
    private const double CommonShare = 0.5;
    private const double BothGainMin = 0.30;
    private const double NsPerUs = 1_000;
    private static readonly double[] LoadPoints = [0.3, 0.5, 0.7, 0.9];
    private const double ParallelGainMin = 0.13;

    public override string Name => "ids-mon-latency";

    public override string Summary =>
        "five NFs tuned by events: latency p50, p99, p99.9 at equal rates and cores";

    public override ExperimentReport Measure(string command)
    {
        var options = TrafficOptions.Of(TrafficKind.T2) with { Flows = 400, Concurrency = 100 };
        using var traffic = new TrafficSet(options, new SignatureSet());
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        double roundsPerNs = RoundsPerNs();
        int[] cores = [.. CoreAffinity.AllowedCores().Take(2)];
        if (cores.Length < 2)
        {
            var only = new ReportCheck("two cores", false, "Both placements need two cores; give two.");
            return ExperimentReport.Now(Name, command, [], [only]);
        }

        IReadOnlyList<LatencyPlacement> placements = LatencyPlacement.OnCores(cores[0], cores[1]);
        LatencyBar[] bars =
        [
            .. from placement in placements
               from variant in LatencyVariant.All
               select new LatencyBar(
                   $"{placement.Id} {variant.Id}", traffic, variant, roundsPerNs, placement, rules),
        ];
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        MachineLoad.Sample before = MachineLoad.Now();
        double[] capacities = Capacities(bars, rows);
        double common = capacities.Min() * CommonShare;
        MeasureCommon(bars, common, rows, checks);
        MeasureLoadPoints(bars, capacities, rows);
        CompareOutputs(bars, checks);
        AddBound(placements[1], rows);
        foreach (LatencyBar bar in bars)
        {
            checks.Add(new ReportCheck($"{bar.Id} lost", bar.LostCount == 0, $"{bar.LostCount} packets"));
            bar.Dispose();
        }

        checks.Add(new ReportCheck("machine", true, MachineLoad.Between(before, MachineLoad.Now())));
        string set = TrafficFile.Describe(traffic.Truth);
        return ExperimentReport.Now(
            Name, command, [.. rows.Select(row => row with { Traffic = set })], checks);
    }

    /// <summary>Rounds of <see cref="Workload.Work"/> that take a nanosecond here.</summary>
    public static double RoundsPerNs()
    {
        ulong sum = Workload.Work(1, CalibrationRounds);
        long before = ThreadCpuClock.NowNs();
        sum ^= Workload.Work(sum, CalibrationRounds);
        double ns = ThreadCpuClock.NowNs() - before;
        return sum == 0 ? 1 : CalibrationRounds / ns;
    }

    private static double[] Capacities(LatencyBar[] bars, List<ReportRow> rows)
    {
        var rates = bars.ToDictionary(bar => bar, _ => new List<double>());
        for (int round = 0; round < WarmUps + LoadPointRuns; round++)
        {
            foreach (LatencyBar bar in bars)
            {
                bar.Run(0);
                if (round >= WarmUps)
                {
                    rates[bar].Add(bar.Rate);
                }
            }
        }

        rows.AddRange(bars.Select(bar => ReportRow.Of($"{bar.Id}, loss-free rate", "packets/s", rates[bar])));
        return [.. bars.Select(bar => ReportRow.MedianOf(rates[bar]))];
    }

    private static void MeasureCommon(
        LatencyBar[] bars, double rate, List<ReportRow> rows, List<ReportCheck> checks)
    {
        var found = bars.ToDictionary(bar => bar, _ => new LatencyFigures());
        for (int round = 0; round < Interleaved.Rounds; round++)
        {
            foreach (LatencyBar bar in bars)
            {
                bar.Run(1e9 / rate);
                found[bar].Add(bar);
            }
        }

        string at = string.Create(CultureInfo.InvariantCulture, $"{rate:0} packets/s");
        foreach (LatencyBar bar in bars)
        {
            rows.AddRange(found[bar].Rows(bar.Id).Select(row => row with { Note = at }));
        }

        int variants = LatencyVariant.All.Count;
        for (int i = 1; i < variants; i++)
        {
            double least = i == variants - 1 ? BothGainMin : 0;
            checks.Add(Gain(found, bars[i], bars[0], least));
        }

        for (int i = 0; i < variants; i++)
        {
            checks.Add(Gain(found, bars[variants + i], bars[i], ParallelGainMin));
        }
    }

    private static ReportCheck Gain(
        Dictionary<LatencyBar, LatencyFigures> found, LatencyBar fast, LatencyBar slow, double least)
    {
        double less = 1 - (found[fast].MedianUs / found[slow].MedianUs);
        return ReportCheck.Aim($"{fast.Id} below {slow.Id}", less >= least, string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * less:0.0} % at p50 until the last NF has done, at least {100 * least:0} %"));
    }

    /// <summary>Each NF must have done the same in both placements.</summary>
    private static void CompareOutputs(LatencyBar[] bars, List<ReportCheck> checks)
    {
        int variants = LatencyVariant.All.Count;
        for (int i = 0; i < variants; i++)
        {
            bool isEqual = bars[i].Outputs.SequenceEqual(bars[variants + i].Outputs);
            string counts = string.Join(", ", bars[i].Outputs.Select(output => output.Count));
            string others = string.Join(", ", bars[variants + i].Outputs.Select(output => output.Count));
            checks.Add(new ReportCheck($"{LatencyVariant.All[i].Id}, equal outputs", isEqual,
                $"packets worked on by each NF {counts}" + (isEqual ? "" : $", in parallel {others}")));
        }
    }

    private static void AddBound(LatencyPlacement placement, List<ReportRow> rows)
    {
        double sum = LatencyVariant.ServiceNs.Sum();
        rows.Add(ReportRow.Counted("bound of parallel, (sum - critical path)/sum", "share",
            (sum - placement.CriticalNs) / sum) with
        {
            Note = string.Create(CultureInfo.InvariantCulture,
                $"service times {string.Join(", ", LatencyVariant.ServiceNs)} ns, critical "
                + $"{placement.CriticalNs} ns, packets that all NFs hear"),
        });
    }

    private static void MeasureLoadPoints(LatencyBar[] bars, double[] capacities, List<ReportRow> rows)
    {
        foreach (double share in LoadPoints)
        {
            var found = bars.ToDictionary(bar => bar, _ => new LatencyFigures());
            for (int round = 0; round < LoadPointRuns; round++)
            {
                for (int i = 0; i < bars.Length; i++)
                {
                    bars[i].Run(1e9 / (capacities[i] * share));
                    found[bars[i]].Add(bars[i]);
                }
            }

            string at = string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} % of its own rate");
            foreach (LatencyBar bar in bars)
            {
                rows.AddRange(found[bar].Rows(bar.Id)[..3].Select(row => row with { Note = at }));
            }
        }
    }

    /// <summary>Percentiles of the runs of a bar.</summary>
    private sealed class LatencyFigures
    {
        private static readonly (string Name, double Share)[] Shares =
            [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)];

        private readonly List<double>[] _done = [[], [], []];
        private readonly List<double>[] _left = [[], [], []];

        public double MedianUs => ReportRow.MedianOf(_done[0]);

        public void Add(LatencyBar bar)
        {
            for (int i = 0; i < Shares.Length; i++)
            {
                _done[i].Add(bar.UntilDone.Percentile(Shares[i].Share) / NsPerUs);
                _left[i].Add(bar.UntilLeft.Percentile(Shares[i].Share) / NsPerUs);
            }
        }

        /// <summary>First until the last NF has done, then until the packet leaves.</summary>
        public ReportRow[] Rows(string id) =>
        [
            .. Shares.Select((share, i) => ReportRow.Of($"{id}, done, {share.Name}", "us", _done[i])),
            .. Shares.Select((share, i) => ReportRow.Of($"{id}, left, {share.Name}", "us", _left[i])),
        ];
    }
}
