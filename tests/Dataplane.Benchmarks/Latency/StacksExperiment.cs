using System.Globalization;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Native.Threads;
using Dataplane.Packets;

namespace Dataplane.Benchmarks.Latency;

/// <summary>X5: one worker against two, each with the flows that the keyed hash gives it.</summary>
/// <remarks>
/// Both workers run at the same time on cores of their own; the time of the pair is the processor time of the
/// slower one, which is what a clock would show if nobody else used the cores.
/// </remarks>
public sealed class StacksExperiment : Experiment
{
    private const double GainMin = 1.8;
    private const int WarmUps = 5;

    private const string Stages = """
        {"nfs":[{"name":"s","kind":"bench-states"},{"name":"b","kind":"bench-bytes"},
                {"name":"m","kind":"bench-monitor"}]}
        """;

    public override string Name => "stacks";

    public override string Summary => "one worker against two with symmetric placement of flows: gain";

    public override ExperimentReport Measure(string command)
    {
        using var traffic = new TrafficSet(TrafficOptions.Of(TrafficKind.T1), new SignatureSet());
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        int[] cores = [.. CoreAffinity.AllowedCores().Take(2)];
        if (cores.Length < 2)
        {
            var only = new ReportCheck("two cores", false, "Two workers need two cores; give two.");
            return ExperimentReport.Now(Name, command, [], [only]);
        }

        int[][] owned = Owned(traffic, 2);
        int[] all = [.. Enumerable.Range(0, traffic.Frames.Count)];
        uint flowMax = (uint)traffic.Truth.Options.Flows * 2;
        StackLane[] one = [new StackLane(traffic.Store, all, Stages, rules, cores[0], flowMax)];
        StackLane[] two = [.. owned.Select((frames, i) =>
            new StackLane(traffic.Store, frames, Stages, rules, cores[i], flowMax))];
        MachineLoad.Sample before = MachineLoad.Now();
        (List<double> single, List<double> pair, long allocated) = Measure(one, two, traffic.Frames.Count);
        ReportRow gain = ReportRow.Of("2 workers over 1", "x", [.. single.Zip(pair, (a, b) => a / b)]);
        ReportRow[] rows =
            [ReportRow.Of("1 worker", "ns", single), ReportRow.Of("2 workers, the slower", "ns", pair), gain];
        ReportCheck[] checks =
        [
            ReportCheck.Aim("gain of two", gain.Value >= GainMin, string.Create(CultureInfo.InvariantCulture,
                $"{gain.Value:0.00}, at least {GainMin}; shares of packets {owned[0].Length} and "
                + $"{owned[1].Length}, so at most {(double)all.Length / owned.Max(o => o.Length):0.00}")),
            Placement(traffic, one, two),
            new("allocated", allocated == 0, $"{allocated} B in all rounds of all workers"),
            new("machine", true, MachineLoad.Between(before, MachineLoad.Now())),
        ];
        foreach (StackLane lane in one.Concat(two))
        {
            lane.Dispose();
        }

        string set = TrafficFile.Describe(traffic.Truth);
        return ExperimentReport.Now(
            Name, command, [.. rows.Select(row => row with { Traffic = set })], checks);
    }

    private static (List<double> Single, List<double> Pair, long Allocated) Measure(
        StackLane[] one, StackLane[] two, int packets)
    {
        var single = new List<double>();
        var pair = new List<double>();
        long allocated = 0;
        for (int round = 0; round < WarmUps + Interleaved.Rounds; round++)
        {
            double alone = Run(one);
            double together = Run(two);
            if (round >= WarmUps)
            {
                single.Add(alone / packets);
                pair.Add(together / packets);
                allocated += one.Concat(two).Sum(lane => lane.AllocatedBytes);
            }
        }

        return (single, pair, allocated);
    }

    private static double Run(StackLane[] lanes)
    {
        Thread[] threads = [.. lanes.Select(lane => lane.Start())];
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return lanes.Max(lane => lane.SpentNs);
    }

    private static ReportCheck Placement(TrafficSet traffic, StackLane[] one, StackLane[] two)
    {
        ulong flows = (ulong)traffic.Truth.Options.Flows;
        ulong rounds = WarmUps + Interleaved.Rounds;
        ulong[] begun = [.. two.Select(lane => lane.Subject.Parts.Counters.FlowsStarted / rounds)];
        ulong bytes = one[0].Subject.Nf<BenchMonitor>(2).TotalBytes;
        ulong both = two.Aggregate(0UL, (sum, lane) => sum + lane.Subject.Nf<BenchMonitor>(2).TotalBytes);
        return new ReportCheck(
            "both directions of each flow with one worker", begun[0] + begun[1] == flows && bytes == both,
            $"{begun[0]} and {begun[1]} flows begun of {flows}; "
            + $"{both} payload bytes counted, {bytes} by one");
    }

    /// <summary>Numbers of the frames that each worker owns, found as the engine finds it.</summary>
    private static int[][] Owned(TrafficSet traffic, int workers)
    {
        FlowHash hash = FlowHash.Fixed;
        var owner = new FlowOwner(hash, workers);
        var owned = new List<int>[workers];
        for (int i = 0; i < workers; i++)
        {
            owned[i] = [];
        }

        Packet packet = default;
        FlowKey key = default;
        for (int i = 0; i < traffic.Frames.Count; i++)
        {
            traffic.Store.Load(i, ref packet);
            _ = PacketParser.Parse(ref packet);
            hash.Fill(ref packet, ref key);
            owned[owner.Of(in packet)].Add(i);
        }

        return [.. owned.Select(list => list.ToArray())];
    }
}
