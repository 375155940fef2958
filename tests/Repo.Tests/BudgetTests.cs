using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>A budget in the code that gives a time names the experiment of <c>appliance bench</c> that proves
/// it.</summary>
public sealed partial class BudgetTests
{
    private const int CommentLinesMax = 4;

    [Fact]
    public void Every_budget_names_a_benchmark_that_exists() =>
        SourceTree.MustBeEmpty(
            from file in SourceTree.CSharp
            where file.IsIn("Dataplane")
            from line in file.Lines.Index()
            where BudgetLine().IsMatch(line.Item)
            let comment = CommentFrom(file.Lines, line.Index)
            let names = BenchmarkName().Matches(comment)
            where (Time().IsMatch(comment) && names.Count == 0)
                || !names.All(name => Exists(name.Groups[1].Value))
            select file.At(line.Index, "names no experiment of appliance bench: " + line.Item.Trim()));

    private static string CommentFrom(string[] lines, int first) =>
        string.Join(' ', lines.Skip(first).Take(CommentLinesMax)
            .TakeWhile((line, i) => i == 0
                || (line.TrimStart().StartsWith("//", StringComparison.Ordinal)
                    && !line.Contains(": ", StringComparison.Ordinal))));

    private static bool Exists(string experiment) =>
        SourceTree.CSharp.Any(file => file.IsIn("tests/Dataplane.Benchmarks")
            && file.Lines.Any(line => line.Contains($"Name => \"{experiment}\"", StringComparison.Ordinal)));

    [GeneratedRegex(@"^\s*//.*\bBudget:")]
    private static partial Regex BudgetLine();

    [GeneratedRegex(@"\d (ns|µs|ms)\b")]
    private static partial Regex Time();

    [GeneratedRegex(@"\(bench ([a-z0-9-]+)\)")]
    private static partial Regex BenchmarkName();
}
