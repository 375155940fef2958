using System.Globalization;
using Dataplane.Benchmarks.Scale;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Events;

namespace Dataplane.Benchmarks.Costs;

/// <summary>X7: what links cost whose filter excludes a flow's events, 0 to 63 of them.</summary>
public sealed class FiltersExperiment : Experiment
{
    /// <summary>What all excluded events of a packet may add.</summary>
    private const double ExcludedNsMax = 3;
    private const string First = "0 links excluded, the first made";
    private const int PacketsOfRun = 300_000;
    private static readonly int[] LinkCounts = [0, 1, 8, 32, LinkTable.LinkMax - 1];
    private static readonly uint[] FlowCounts = [1, 1_000, 100_000];

    public override string Name => "filters";

    public override string Summary => "0 to 64 links whose filter excludes the flow: ns a packet added";

    public override ExperimentReport Measure(string command)
    {
        var rows = new List<ReportRow>();
        var checks = new List<ReportCheck>();
        using RuleSets rules = RuleSets.Load(
            new ConfigurationDocument { RuleSets = [new RuleSetDefinition { Id = "bench" }] }, ".",
            new Dictionary<string, string>(), []);
        foreach (uint flows in FlowCounts)
        {
            MeasureFlows(flows, rules, rows, checks);
        }

        return ExperimentReport.Now(Name, command, rows, checks);
    }

    private static void MeasureFlows(
        uint flows, RuleSets rules, List<ReportRow> rows, List<ReportCheck> checks)
    {
        var runs = new Interleaved();
        var subjects = new List<ScaleSubject>();
        foreach ((string id, int links) in Bars())
        {
            var subject = new ScaleSubject(flows, Stages(links), rules, PacketsOfRun);
            subject.Open();
            subjects.Add(subject);
            runs.Add(id, subject.Run);
        }


        runs.Run();
        string set = $"{flows} flows, both halves followed, no event wanted";
        foreach (int links in LinkCounts)
        {
            rows.Add(runs.Nanoseconds(Id(links)) with { Traffic = set });
            if (links > 0)
            {
                ReportRow added = runs.Added(Id(links), Id(0));
                rows.Add(added with { Traffic = set });
                checks.Add(ReportCheck.Aim($"{flows} flows, {Id(links)}", added.Value <= ExcludedNsMax,
                    string.Create(CultureInfo.InvariantCulture,
                    $"{added.Value:0.0} ns added, at most {ExcludedNsMax}")));
            }
        }

        rows.Add(runs.Added(First, Id(0)) with { Traffic = set, Note = "the noise of these figures" });
        long built = subjects.Sum(subject => subject.Chain.Built<TcpPacket>());
        checks.Add(new ReportCheck(
            $"{flows} flows, built", built == 0, $"{built} excluded events built (E5)"));
        checks.Add(runs.NothingAllocated() with { Name = $"{flows} flows, allocated" });
        checks.Add(runs.Load() with { Name = $"{flows} flows, machine" });
        subjects.ForEach(subject => subject.Dispose());
    }

    /// <summary>The chain without links is made twice: what differs between the two is noise, such as where
    /// their memory came to lie.</summary>
    private static IEnumerable<(string Id, int Links)> Bars() =>
        [(First, 0), .. LinkCounts.Select(links => (Id(links), links))];

    private static string Id(int links) => $"{links} links excluded";

    private static string Stages(int links)
    {
        string[] nfs =
        [
            """{"name":"d","kind":"bench-depth"}""",
            .. Enumerable.Range(0, links).Select(i =>
                $$"""
                {"name":"n{{i}}","kind":"bench-packets","subscriptions":[
                  {"name":"packets","event":"PKT_IN","half":"both","filter":"udp port {{i + 1}}"}]}
                """),
        ];
        return $$"""{"nfs":[{{string.Join(",", nfs)}}]}""";
    }
}
