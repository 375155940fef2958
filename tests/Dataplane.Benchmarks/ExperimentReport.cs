using System.Globalization;
using System.Text.Json;

namespace Dataplane.Benchmarks;

/// <summary>What an experiment found: rows of figures, and checks that had to hold.</summary>
public sealed record ExperimentReport(
    string Name, string Machine, string Date, string Command,
    IReadOnlyList<ReportRow> Rows, IReadOnlyList<ReportCheck> Checks)
{
    /// <summary>The form of <c>--json</c>.</summary>
    public static readonly JsonSerializerOptions JsonOptions =
        new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>A report of this machine, now.</summary>
    public static ExperimentReport Now(
        string name, string command, IReadOnlyList<ReportRow> rows, IReadOnlyList<ReportCheck> checks) =>
        new(name, MachineLoad.Describe(), DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture),
        command, rows, checks);

    /// <summary>Prints it as a table.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine($"{Name}  ({Machine}; {Date})");
        output.WriteLine($"  {"",-34} {"median",12} {"min",12} {"max",12}  unit");
        foreach (ReportRow row in Rows)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {row.Id,-34} {row.Value,12:0.###} {row.Min,12:0.###} {row.Max,12:0.###}  {row.Unit} "
                + $"({row.Runs} runs)"));
        }

        foreach (ReportCheck check in Checks)
        {
            output.WriteLine($"  {(check.Ok ? "ok    " : "FAILED")} {check.Name}: {check.Text}");
        }

        output.WriteLine();
    }
}

/// <summary>One figure: the median of its runs, with the least and the greatest.</summary>
public sealed record ReportRow(string Id, string Unit, double Value, double Min, double Max, int Runs);

/// <summary>Something that must be true for the figures to mean anything.</summary>
public sealed record ReportCheck(string Name, bool Ok, string Text);
