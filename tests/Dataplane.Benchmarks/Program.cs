using System.Text.Json;
using Dataplane.Benchmarks.Traffic;

namespace Dataplane.Benchmarks;

/// <summary>Entry point of <c>appliance bench</c>: runs experiments, prints tables, writes JSON.</summary>
public static class Program
{
    public static int Main(string[] args)
    {
        IReadOnlyList<Experiment> all = Experiment.All();
        if (args.Length > 0 && args[0] == "--write-traffic")
        {
            return TrafficFile.Write(args.AsSpan(1), Console.Out, Console.Error);
        }

        if (args.Contains("--list"))
        {
            foreach (Experiment experiment in all)
            {
                Console.WriteLine($"{experiment.Name,-20} {experiment.Summary}");
            }

            return 0;
        }

        if (!TryRead(args, all, out List<Experiment> chosen, out string? json))
        {
            return 2;
        }

        var reports = new List<ExperimentReport>();
        foreach (Experiment experiment in chosen)
        {
            ExperimentReport report = experiment.Measure($"appliance bench {experiment.Name}");
            report.Print(Console.Out);
            reports.Add(report);
        }

        if (json is not null)
        {
            object content = reports.Count == 1 ? reports[0] : reports;
            File.WriteAllText(json, JsonSerializer.Serialize(content, ExperimentReport.JsonOptions));
        }

        return reports.TrueForAll(r => r.Checks.All(c => c.Ok || c.IsAim)) ? 0 : 1;
    }

    private static bool TryRead(
        string[] args, IReadOnlyList<Experiment> all, out List<Experiment> chosen, out string? json)
    {
        chosen = [];
        json = null;
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json" && i + 1 < args.Length)
            {
                json = args[++i];
                continue;
            }

            Experiment? found = all.FirstOrDefault(e => e.Name == args[i]);
            if (found is null)
            {
                Console.Error.WriteLine(
                    $"There is no experiment {args[i]}; bench --list names them: "
                    + $"{string.Join(", ", all.Select(e => e.Name))}.");
                return false;
            }

            chosen.Add(found);
        }

        if (chosen.Count == 0)
        {
            chosen.AddRange(all);
        }

        return true;
    }
}
