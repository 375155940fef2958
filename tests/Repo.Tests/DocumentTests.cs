using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>Documents: links lead somewhere, none is forgotten, and each has its form.</summary>
public sealed partial class DocumentTests
{
    private static readonly string[] ChangeKinds =
        ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

    private static readonly string[] TopFolders =
        ["Dataplane", "ControlApi", "WebUi", "Persistence", "tests", "installer"];

    private static IEnumerable<SourceFile> Documents =>
        SourceTree.Texts.Where(file => file.Path.EndsWith(".md", StringComparison.Ordinal));

    [Fact]
    public void Every_link_leads_to_a_file() =>
        SourceTree.MustBeEmpty(
            from link in Links()
            where !File.Exists(Path.Combine(SourceTree.Root, link.Target))
                && !Directory.Exists(Path.Combine(SourceTree.Root, link.Target))
            select link.From.At(link.Line, $"leads nowhere: {link.Target}"));

    [Fact]
    public void Every_document_and_picture_is_linked_from_another() =>
        SourceTree.MustBeEmpty(
            SourceTree.Paths
                .Where(path => path.StartsWith("docs/", StringComparison.Ordinal))
                .Except(Links().Where(link => link.From.Path != link.Target).Select(link => link.Target))
                .Where(path => !Links().Any(link => link.Target == Path.GetDirectoryName(path)))
                .Select(path => $"{path}: no document links to it"));

    [Fact]
    public void Every_top_folder_says_what_it_is() =>
        SourceTree.MustBeEmpty(
            TopFolders.Select(folder => $"{folder}/README.md")
            .Where(path => !SourceTree.Paths.Contains(path)));

    [Fact]
    public void The_changelog_keeps_its_form()
    {
        SourceFile changelog = Documents.Single(file => file.Path == "CHANGELOG.md");
        Assert.Equal("# Changelog", changelog.Lines[0]);
        string[] releases =
            [.. changelog.Lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal))];
        Assert.Equal("## [Unreleased]", releases[0]);
        Assert.All(releases[1..], line => Assert.Matches(@"^## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$", line));
        Assert.All(
            changelog.Lines.Where(line => line.StartsWith("### ", StringComparison.Ordinal)),
            line => Assert.Contains(line[4..], ChangeKinds));
    }

    [Fact]
    public void Decisions_are_numbered_without_a_gap_and_say_their_status()
    {
        SourceFile[] decisions = [.. Documents.Where(file => file.IsIn("docs/adr"))];
        Assert.True(decisions.Length >= 5);
        foreach ((int index, SourceFile decision) in decisions.OrderBy(file => file.Path,
            StringComparer.Ordinal).Index())
        {
            Assert.StartsWith($"docs/adr/{index + 1:0000}-", decision.Path, StringComparison.Ordinal);
            Assert.Contains(decision.Lines, line => line.StartsWith("Status: ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Continuous_integration_runs_the_command_that_the_readme_names()
    {
        SourceFile readme = Documents.Single(file => file.Path == "README.md");
        string[] commands =
        [
            .. SourceTree.Texts.Single(file => file.Path == ".ci/run").Lines
                .Where(line => line.Length > 0 && !line.StartsWith('#'))
                .Where(line => !line.StartsWith("cd ", StringComparison.Ordinal)),
        ];
        Assert.Equal("exec installer/appliance test", Assert.Single(commands));
        Assert.Contains(readme.Lines,
            line => line.Contains("installer/appliance test", StringComparison.Ordinal));
    }

    /// <summary>Relative links as paths from the root, without anchors.</summary>
    private static IEnumerable<(SourceFile From, int Line, string Target)> Links() =>
        from file in Documents
        from line in file.Lines.Index()
        from match in MarkdownLink().Matches(line.Item)
        let target = match.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            && !target.StartsWith("mailto:", StringComparison.Ordinal)
        let folder = Path.Combine(SourceTree.Root, Path.GetDirectoryName(file.Path)!)
        select (file, line.Index,
            Path.GetRelativePath(SourceTree.Root, Path.GetFullPath(Path.Combine(folder, target)))
            .TrimEnd('/'));

    [GeneratedRegex(@"\]\(([^)\s]+)\)|<img [^>]*src=""([^""]+)""")]
    private static partial Regex MarkdownLink();
}
