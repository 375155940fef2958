namespace Repo.Tests;

/// <summary>One text file of the repository: its path from the root, with slashes, and its lines.</summary>
internal sealed record SourceFile(string Path, string[] Lines)
{
    public bool IsCSharp => Path.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>Written by a tool: EF Core's migrations.</summary>
    public bool IsGenerated => Path.Contains("/Migrations/", StringComparison.Ordinal);

    /// <summary>Code of the product, not of its tests.</summary>
    public bool IsProduct => !Path.StartsWith("tests/", StringComparison.Ordinal);

    public bool IsIn(string folder) => Path.StartsWith(folder + "/", StringComparison.Ordinal);

    public string At(int index, string what) => $"{Path}:{index + 1}: {what}";
}
