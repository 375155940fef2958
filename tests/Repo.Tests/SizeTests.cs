using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>What fits on a screen: lines, methods, files, pages.</summary>
public sealed partial class SizeTests
{
    private const int ColumnsMax = 110;
    private const int FileLinesMax = 400;
    private const int MethodLinesMax = 60;
    private const int PageLinesMax = 150;

    [Fact]
    public void No_line_of_code_is_longer_than_110_columns() =>
        SourceTree.MustBeEmpty(
            from file in SourceTree.CSharp
            from line in file.Lines.Index()
            where line.Item.Length > ColumnsMax
            select file.At(line.Index, $"{line.Item.Length} columns"));

    [Fact]
    public void No_file_of_code_is_longer_than_400_lines() =>
        SourceTree.MustBeEmpty(
            from file in SourceTree.Texts
            where (file.IsCSharp && !file.IsGenerated) || file.Path.EndsWith(".sh", StringComparison.Ordinal)
            where file.Lines.Length > FileLinesMax
            select file.At(FileLinesMax, $"{file.Lines.Length} lines"));

    [Fact]
    public void No_page_or_its_style_is_longer_than_150_lines() =>
        SourceTree.MustBeEmpty(
            from file in SourceTree.Texts
            where file.Path.Contains(".razor", StringComparison.Ordinal) && file.Lines.Length > PageLinesMax
            select file.At(PageLinesMax, $"{file.Lines.Length} lines"));

    [Fact]
    public void No_method_is_longer_than_60_lines() =>
        SourceTree.MustBeEmpty(SourceTree.CSharp.SelectMany(LongMembers));

    [Fact]
    public void The_measure_of_a_method_counts_its_body()
    {
        string[] body = [.. Enumerable.Repeat("        Call();", MethodLinesMax - 2)];
        SourceFile fits = new(
            "A.cs", ["public class A", "{", "    void M(", "        int a)", "    {", .. body, "    }", "}"]);
        SourceFile tooLong = fits with { Lines = [.. fits.Lines[..5], "        if (a)", .. fits.Lines[5..]] };
        Assert.Empty(LongMembers(fits));
        Assert.Single(LongMembers(tooLong));
    }

    /// <summary>Blocks that open directly inside a type; the formatter guarantees braces on lines of their
    /// own.</summary>
    private static IEnumerable<string> LongMembers(SourceFile file)
    {
        Stack<(int Line, int Indent, bool IsType)> open = new();
        for (int i = 0; i < file.Lines.Length; i++)
        {
            string line = file.Lines[i];
            string trimmed = line.TrimStart();
            int indent = line.Length - trimmed.Length;
            if (trimmed == "{")
            {
                open.Push((i, indent, TypeDeclaration().IsMatch(DeclarationAbove(file.Lines, i, indent))));
            }
            else if (trimmed.StartsWith('}') && open.TryPeek(out var block) && block.Indent == indent)
            {
                open.Pop();
                bool isMember = !block.IsType && open.TryPeek(out var outer) && outer.IsType;
                if (isMember && i - block.Line + 1 > MethodLinesMax)
                {
                    yield return file.At(block.Line, $"{i - block.Line + 1} lines in one method");
                }
            }
        }
    }

    private static string DeclarationAbove(string[] lines, int brace, int indent)
    {
        int first = brace;
        while (first > 0 && lines[first - 1].Length > 0
            && !lines[first - 1].TrimStart().StartsWith("//", StringComparison.Ordinal)
            && lines[first - 1].TrimEnd()[^1] is not (';' or '{' or '}'))
        {
            first--;
        }
        return string.Join(' ', lines[first..brace].Where(l => l.Length - l.TrimStart().Length == indent));
    }

    [GeneratedRegex(
        @"^\s*(\[.*\] *)?((public|internal|private|protected|sealed|static|abstract|readonly|ref|partial"
        + "|unsafe|file|new) +)*"
        + "(class|struct|record|interface|enum|namespace) ")]
    private static partial Regex TypeDeclaration();
}
