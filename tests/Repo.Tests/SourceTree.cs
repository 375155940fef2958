using System.Diagnostics;

namespace Repo.Tests;

/// <summary>The files that git knows or would add, read once.</summary>
internal static class SourceTree
{
    private static readonly string[] BinaryEndings = [".pcap", ".pcapng", ".png", ".ico", ".woff2", ".db"];

    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> Paths { get; } = ListFiles();

    public static IReadOnlyList<SourceFile> Texts { get; } =
    [
        .. Paths.Where(path => !BinaryEndings.Any(end => path.EndsWith(end, StringComparison.Ordinal)))
            .Select(path => new SourceFile(path, File.ReadAllLines(Path.Combine(Root, path)))),
    ];

    public static IEnumerable<SourceFile> CSharp => Texts.Where(file => file.IsCSharp && !file.IsGenerated);

    /// <summary>Fails with every violation, one a line.</summary>
    public static void MustBeEmpty(IEnumerable<string> violations)
    {
        string[] all = [.. violations.Order(StringComparer.Ordinal)];
        Assert.True(all.Length == 0, $"{all.Length} violations:\n{string.Join('\n', all)}");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Appliance.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName
            ?? throw new InvalidOperationException(
            "The tests run outside a checkout; build them inside one.");
    }

    private static IReadOnlyList<string> ListFiles()
    {
        ProcessStartInfo start = new("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using Process git = Process.Start(start)!;
        string listing = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return
        [
            .. listing.Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Where(path => File.Exists(Path.Combine(Root, path))).Distinct(),
        ];
    }
}
