using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>Pointers, native calls and reinterpreted memory stay behind their fence.</summary>
public sealed partial class FenceTests
{
    private const string Native = "Dataplane/Native";
    private const string SharedLayouts = "Dataplane/Contract/Shared";

    [Fact]
    public void Unsafe_code_and_native_calls_stay_in_Native() =>
        SourceTree.MustBeEmpty(
            from file in SourceTree.CSharp
            where file.IsProduct && !file.IsIn(Native)
            from line in file.Lines.Index()
            where !IsComment(line.Item) && UnsafeWords().IsMatch(line.Item)
            select file.At(line.Index, $"belongs into {Native}: {line.Item.Trim()}"));

    [Fact]
    public void Memory_is_reinterpreted_in_Native_and_in_the_shared_layouts_only() =>
        SourceTree.MustBeEmpty(
            from file in SourceTree.CSharp
            where file.IsProduct && !file.IsIn(Native) && !file.IsIn(SharedLayouts)
            from line in file.Lines.Index()
            where !IsComment(line.Item) && line.Item.Contains("MemoryMarshal", StringComparison.Ordinal)
            select file.At(line.Index, $"belongs into {Native} or {SharedLayouts}: {line.Item.Trim()}"));

    [Fact]
    public void Only_Native_allows_unsafe_blocks() =>
        SourceTree.MustBeEmpty(
            from file in SourceTree.Texts
            where (file.Path.EndsWith(".csproj", StringComparison.Ordinal)
                    || file.Path.EndsWith(".props", StringComparison.Ordinal)) && !file.IsIn(Native)
            from line in file.Lines.Index()
            where line.Item.Contains("AllowUnsafeBlocks", StringComparison.Ordinal)
            select file.At(line.Index, "only Dataplane.Native allows unsafe blocks"));

    [Fact]
    public void Each_kind_of_port_and_storage_stays_behind_its_door() =>
        SourceTree.MustBeEmpty(
            from file in SourceTree.CSharp
            where file.IsProduct
            from line in file.Lines.Index()
            where (line.Item.StartsWith("using Microsoft.EntityFrameworkCore", StringComparison.Ordinal)
                    && !file.IsIn("Persistence"))
                || (line.Item.StartsWith("using Grpc", StringComparison.Ordinal) && file.IsIn("Dataplane")
                    && !file.IsIn("Dataplane/Control"))
            select file.At(line.Index, $"may not be used here: {line.Item}"));

    private static bool IsComment(string line) => line.TrimStart().StartsWith("//", StringComparison.Ordinal);

    [GeneratedRegex(@"\bunsafe\b(?!-)|\bUnsafe\.|\bDllImport\b|\bLibraryImport\b|\bUnmanagedCallersOnly\b")]
    private static partial Regex UnsafeWords();
}
