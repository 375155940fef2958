using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

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
        output.WriteLine($"  {"",-40} {"median",11} {"95 % from",11} {"to",11}  unit");
        string? traffic = null;
        foreach (ReportRow row in Rows)
        {
            if (row.Traffic != traffic)
            {
                traffic = row.Traffic;
                output.WriteLine($"  {traffic}");
            }

            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {row.Id,-40} {row.Value,11:0.###} {row.Low ?? row.Min,11:0.###} "
                + $"{row.High ?? row.Max,11:0.###}  {row.Unit} ({row.Runs} runs) {row.Note}").TrimEnd());
        }

        foreach (ReportCheck check in Checks)
        {
            string state = check.Ok ? "ok    " : check.IsAim ? "BELOW " : "FAILED";
            output.WriteLine($"  {state} {check.Name}: {check.Text}");
        }

        output.WriteLine();
    }
}

/// <summary>Something that must be true for the figures to mean anything, or a figure held against its
/// aim.</summary>
public sealed record ReportCheck(string Name, bool Ok, string Text)
{
    /// <summary>True for a speed aimed at: reported when it is missed, but the run does not fail.</summary>
    [JsonIgnore]
    public bool IsAim { get; init; }

    /// <summary>A speed beside what it should be.</summary>
    public static ReportCheck Aim(string name, bool isMet, string text) =>
        new(name, isMet, text) { IsAim = true };
}
