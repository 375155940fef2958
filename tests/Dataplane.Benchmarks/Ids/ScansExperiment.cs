using Dataplane.Benchmarks.Traffic;
using Dataplane.Native.Vectorscan;

namespace Dataplane.Benchmarks.Ids;

/// <summary>What finding literals over segments costs: windows with an overlap beside streams of
/// libhs.</summary>
public sealed class ScansExperiment : Experiment
{
    private const string Packets = "packets alone";
    private const string Windows = "windows, 63 bytes shared";
    private const string Streams = "streams of libhs";
    private const int Literals = 1_000;

    public override string Name => "scans";

    public override string Summary =>
        "1,000 literals over packets, overlapping windows and streams of libhs: ns a segment";

    public override ExperimentReport Measure(string command)
    {
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        var signatures = new SignatureSet(Literals);
        foreach (TrafficKind kind in (TrafficKind[])[TrafficKind.T1, TrafficKind.T3, TrafficKind.T4])
        {
            using var traffic = new TrafficSet(TrafficOptions.Of(kind), signatures);
            using var patterns = new BenchPatterns(
                signatures.Compile(PatternMode.Block), signatures.Compile(PatternMode.Streaming));
            using var scan = new DirectScan(traffic, patterns, static _ => true);
            var runs = new Interleaved();
            long windows = 0;
            runs.Add(Packets, scan.Packets);
            runs.Add(Windows, () =>
            {
                long count = scan.Windows();
                windows = scan.MatchCount;
                return count;
            });
            runs.Add(Streams, scan.Streams);
            runs.Run();
            string set = TrafficFile.Describe(traffic.Truth);
            foreach (string id in (string[])[Packets, Windows, Streams])
            {
                rows.Add(runs.Nanoseconds(id) with { Traffic = set });
            }

            rows.Add(runs.Gain(Windows, Streams) with { Traffic = set });
            checks.Add(new ReportCheck($"{kind}, found", windows >= scan.MatchCount,
                $"{windows} in windows, {scan.MatchCount} in streams"));
            checks.Add(runs.NothingAllocated() with { Name = $"{kind} allocated" });
            checks.Add(runs.Load() with { Name = $"{kind} machine" });
        }

        return ExperimentReport.Now(Name, command, rows, checks);
    }
}
