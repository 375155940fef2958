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
    private static readonly string[] Inline = ["inline", "inline", "inline", "inline", "inline"];

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
        IReadOnlyList<int> cores = [.. CoreAffinity.AllowedCores().Take(2)];
        LatencyBar[] bars =
            [.. LatencyVariant.All.Select(variant => new LatencyBar(
                $"sequential {variant.Id}", traffic, variant, roundsPerNs, Inline, cores, rules))];
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        MachineLoad.Sample before = MachineLoad.Now();
        double[] capacities = Capacities(bars, rows);
        double common = capacities.Min() * CommonShare;
        MeasureCommon(bars, common, rows, checks);
        MeasureLoadPoints(bars, capacities, rows);
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

    private static double RoundsPerNs()
    {
        ulong sum = BenchWork.Work(1, CalibrationRounds);
        long before = ThreadCpuClock.NowNs();
        sum ^= BenchWork.Work(sum, CalibrationRounds);
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

        double slowest = found[bars[0]].MedianUs;
        for (int i = 1; i < bars.Length; i++)
        {
            double less = 1 - (found[bars[i]].MedianUs / slowest);
            checks.Add(ReportCheck.Aim(
                $"{bars[i].Id} below {bars[0].Id}", i < bars.Length - 1 || less >= BothGainMin,
                string.Create(CultureInfo.InvariantCulture, $"{100 * less:0.0} % at p50")));
        }
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
