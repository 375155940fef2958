using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>What no file may say: places on somebody's machine, marks of unfinished work.</summary>
public sealed partial class TextTests
{
    private const string ThisFile = "tests/Repo.Tests/TextTests.cs";

    [Fact]
    public void No_file_names_a_place_on_somebodys_machine() =>
        SourceTree.MustBeEmpty(Lines(MachinePath(), "names a place on one machine"));

    [Fact]
    public void No_file_names_the_host_of_a_package_registry() =>
        SourceTree.MustBeEmpty(Lines(RegistryHost(), "names the host of a package registry"));

    [Fact]
    public void No_file_holds_a_mark_of_unfinished_work() =>
        SourceTree.MustBeEmpty(Lines(UnfinishedMark(), "is a mark of unfinished work"));

    [Fact]
    public void Text_files_end_with_a_line_end_and_have_no_spaces_before_it() =>
        SourceTree.MustBeEmpty(
            from file in SourceTree.Texts
            where !file.Path.EndsWith("packages.lock.json", StringComparison.Ordinal) && !file.IsGenerated
            from line in file.Lines.Index()
            where line.Item.Length > 0 && line.Item[^1] is ' ' or '\t'
            select file.At(line.Index, "spaces at the end"));

    private static IEnumerable<string> Lines(Regex pattern, string what) =>
        from file in SourceTree.Texts
        where file.Path != ThisFile
        from line in file.Lines.Index()
        where pattern.IsMatch(line.Item)
        select file.At(line.Index, $"{what}: {line.Item.Trim()}");

    [GeneratedRegex(@"(?<![\w.])/(work|root|Users)/|(?<![\w.])/home/\w")]
    private static partial Regex MachinePath();

    [GeneratedRegex(
        @"nuget\.org|npmjs\.(org|com)|pypi\.org|pythonhosted\.org|deb\.debian\.org|crates\.io",
            RegexOptions.IgnoreCase)]
    private static partial Regex RegistryHost();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|\bHACK\b|\bXXX\b|\bNotImplementedException\b")]
    private static partial Regex UnfinishedMark();
}
