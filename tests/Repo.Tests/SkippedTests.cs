using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>The list of tests that may be skipped: each entry is a test of ours, with a reason, and none that
/// needs only what the test command brings.</summary>
public sealed partial class SkippedTests
{
    private const string List = "tests/skipped-tests.txt";

    /// <summary>The command installs and starts these, so their absence is no reason.</summary>
    private static readonly string[] Brought = ["Namespaces", "Eal.", "EthernetDevice", "BrowserAppliance"];

    [Fact]
    public void Every_test_that_may_be_skipped_exists_and_has_a_reason() =>
        SourceTree.MustBeEmpty(
            from entry in Entries()
            where entry.Reason.Length < 10 || FileOf(entry.Class, entry.Method) is null
            select $"{List}: {entry.Class}.{entry.Method} is no test, or has no reason");

    [Fact]
    public void No_test_of_namespaces_DPDK_or_a_browser_may_be_skipped() =>
        SourceTree.MustBeEmpty(
            from entry in Entries()
            let file = FileOf(entry.Class, entry.Method)
            where file is not null && file.Lines.Any(line =>
                Brought.Any(word => line.Contains(word, StringComparison.Ordinal)))
            select $"{List}: {entry.Class}.{entry.Method} must run everywhere");

    /// <summary>Folders mirror namespaces, but an assembly's name has dots itself.</summary>
    private static SourceFile? FileOf(string type, string method)
    {
        int end = type.IndexOf(".Tests.", StringComparison.Ordinal) + ".Tests".Length;
        string path = $"tests/{type[..end]}{type[end..].Replace('.', '/')}.cs";
        return SourceTree.CSharp.FirstOrDefault(file => file.Path == path
            && file.Lines.Any(line => Regex.IsMatch(line, $@"\bpublic (async Task|void) {method}\(")));
    }

    private static IEnumerable<(string Class, string Method, string Reason)> Entries() =>
        from line in File.ReadAllLines(Path.Combine(SourceTree.Root, List))
        where line.Length > 0 && !line.StartsWith('#')
        let parts = Entry().Match(line)
        select (parts.Groups[1].Value, parts.Groups[2].Value, parts.Groups[3].Value);

    [GeneratedRegex(@"^(\S+)\.(\w+)\s*(.*)$")]
    private static partial Regex Entry();
}
