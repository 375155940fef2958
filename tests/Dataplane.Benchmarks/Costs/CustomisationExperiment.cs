using System.Globalization;
using Dataplane.Benchmarks.Traffic;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;

namespace Dataplane.Benchmarks.Costs;

/// <summary>X2: the ladder of depths, and what fitting the depth to each flow gains over the deepest for
/// all.</summary>
public sealed class CustomisationExperiment : Experiment
{
    private const double GainMin = 1.51;

    private static readonly (string Id, string Nf)[] Rungs =
    [
        ("layers 2 and 3", Depth(""" "filter":"udp port 9" """)),
        ("one half", Depth(""" "half":"server" """)),
        ("both halves", Depth(""" "half":"both" """)),
        ("stream of one side", Bytes(""" "sender":"client" """)),
        ("streams of both sides", Bytes(""" "sender":"both" """)),
    ];

    public override string Name => "customisation";

    public override string Summary =>
        "each depth of the stack, and depth fitted to each flow: ns a packet, gain";

    public override ExperimentReport Measure(string command)
    {
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        foreach (TrafficKind kind in (TrafficKind[])[TrafficKind.T1, TrafficKind.T3, TrafficKind.T4])
        {
            MeasureLadder(kind, rules, rows, checks);
        }

        MeasureFitting(rules, rows, checks);
        return ExperimentReport.Now(Name, command, rows, checks);
    }

    private static string Depth(string subscription) =>
        $$"""
        "kind":"bench-depth",
        "subscriptions":[{"name":"anomalies","event":"EVENT/TCP/ANOMALY",{{subscription}}}]
        """;

    private static string Bytes(string subscription) =>
        $$"""
        "kind":"bench-bytes","subscriptions":[{"name":"bytes","event":"EVENT/DATA_RDY",{{subscription}}}]
        """;

    private static string Stages(string nf) => $$"""{"nfs":[{"name":"n",{{nf}}}]}""";

    private static void MeasureLadder(
        TrafficKind kind, RuleSets rules, List<ReportRow> rows, List<ReportCheck> checks)
    {
        using var traffic = new TrafficSet(TrafficOptions.Of(kind), new SignatureSet());
        var runs = new Interleaved();
        var subjects = new List<ChainSubject>();
        foreach ((string id, string nf) in Rungs)
        {
            var subject = new ChainSubject(
                traffic.Store, Stages(nf), rules,
                flowMax: (uint)Math.Max(1_024, traffic.Truth.Options.Flows * 2));
            subjects.Add(subject);
            runs.Add(id, subject.Run, traffic.NextLoop);
        }

        runs.Run();
        string set = TrafficFile.Describe(traffic.Truth);
        string deepest = Rungs[^1].Id;
        foreach ((string id, _) in Rungs)
        {
            rows.Add(runs.Nanoseconds(id) with { Traffic = set });
        }

        rows.AddRange(Rungs[..^1].Select(rung => runs.Gain(rung.Id, deepest) with { Traffic = set }));
        double[] ns = [.. Rungs.Select(rung => runs.Median(rung.Id))];

        // The stream of one side needs one half only, so it stands beside both halves, not above them.
        bool isLadder = ns[0] < ns[1] && ns[1] < ns[2] && ns[2] < ns[4] && ns[1] <= ns[3] && ns[3] < ns[4];
        checks.Add(ReportCheck.Aim($"{kind} each rung costs more than those below", isLadder,
            string.Join(", ", ns.Select(value => value.ToString("0.#", CultureInfo.InvariantCulture)))));
        checks.Add(runs.NothingAllocated() with { Name = $"{kind} allocated" });
        checks.Add(runs.Load() with { Name = $"{kind} machine" });
        subjects.ForEach(subject => subject.Dispose());
    }

    /// <summary>The same NFs, which want the client's bytes of HTTP, states of TLS and nothing of SSH: told
    /// so by filters, or given all of all flows and left to ignore it.</summary>
    private static void MeasureFitting(RuleSets rules, List<ReportRow> rows, List<ReportCheck> checks)
    {
        const string Fitted = """
            {"nfs":[{"name":"h","kind":"bench-bytes","subscriptions":[
                      {"name":"bytes","event":"EVENT/DATA_RDY","sender":"client","filter":"tcp port 80"}]},
                    {"name":"t","kind":"bench-states","subscriptions":[
                      {"name":"states","event":"EVENT/TCP/STATE","half":"both","filter":"tcp port 443"}]}]}
            """;
        const string Deepest = """
            {"nfs":[{"name":"h","kind":"bench-bytes"},{"name":"t","kind":"bench-states"}]}
            """;
        using var traffic = new TrafficSet(TrafficOptions.Of(TrafficKind.T2), new SignatureSet());
        uint flowMax = (uint)traffic.Truth.Options.Flows * 2;
        using var fitted = new ChainSubject(traffic.Store, Fitted, rules, flowMax: flowMax);
        using var deepest = new ChainSubject(traffic.Store, Deepest, rules, flowMax: flowMax);
        var runs = new Interleaved();
        runs.Add("fitted to each flow", fitted.Run, traffic.NextLoop);
        runs.Add("deepest for all", deepest.Run, traffic.NextLoop);
        runs.Run();
        ReportRow gain = runs.Gain("fitted to each flow", "deepest for all");
        string set = TrafficFile.Describe(traffic.Truth);
        ReportRow[] found =
        [
            runs.Nanoseconds("fitted to each flow"), runs.Nanoseconds("deepest for all"),
            gain with { Note = "the paper: 1.51" },
        ];
        rows.AddRange(found.Select(row => row with { Traffic = set }));
        checks.Add(ReportCheck.Aim("gain of fitting", gain.Value >= GainMin, string.Create(
            CultureInfo.InvariantCulture,
            $"{gain.Value:0.00}, at least {GainMin}; depth by packets "
            + $"{string.Join(' ', fitted.Parts.Counters.DepthPackets.ToArray())} against "
            + $"{string.Join(' ', deepest.Parts.Counters.DepthPackets.ToArray())}")));
        checks.Add(runs.NothingAllocated() with { Name = "T2 allocated" });
        checks.Add(runs.Load() with { Name = "T2 machine" });
    }
}
