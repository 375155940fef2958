using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>One word, one meaning: what types may not be called (docs of the style: glossary).</summary>
public sealed partial class NameTests
{
    private static readonly string[] EmptyWords =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Base", "Info"];

    /// <summary>Words for which the dataplane has another: flow, burst, port, NF, subscription, chain,
    /// worker.</summary>
    private static readonly string[] OtherWords =
        ["Session", "Batch", "Chunk", "Adapter", "Plugin", "Callback", "Listener", "Module", "Pipeline",
        "Job", "Skb"];

    private static readonly IReadOnlyList<TypeName> Types = [.. SourceTree.CSharp.SelectMany(TypesOf)];

    [Fact]
    public void No_type_has_a_name_that_says_nothing() =>
        SourceTree.MustBeEmpty(
            from type in Types
            where EmptyWords.Contains(type.Words[^1])
            select type.File.At(type.Line, $"{type.Name} says nothing; name it after the thing"));

    [Fact]
    public void Types_of_the_dataplane_use_the_words_of_the_glossary() =>
        SourceTree.MustBeEmpty(
            from type in Types
            where type.File.IsIn("Dataplane") && !type.File.IsIn("Dataplane/Native") // nDPI has a module
            from word in type.Words.Intersect(OtherWords)
            select type.File.At(type.Line, $"{type.Name}: '{word}' has another word in the glossary"));

    [Fact]
    public void A_file_is_named_after_a_type_in_it() =>
        SourceTree.MustBeEmpty(
            from types in Types.Where(type => !type.IsNested).GroupBy(type => type.File)
            let file = types.Key
            where file.IsProduct && !file.IsIn("Dataplane/Events")
            let name = Path.GetFileName(file.Path)
            where !types.Any(type => name.StartsWith(type.Name + ".", StringComparison.Ordinal))
            select $"{file.Path}: holds {string.Join(", ", types.Select(type => type.Name))}");

    private static IEnumerable<TypeName> TypesOf(SourceFile file) =>
        from line in file.Lines.Index()
        let match = TypeDeclaration().Match(line.Item)
        where match.Success
        let name = match.Groups[1].Value
        select new TypeName(
            file, line.Index, name, [.. Word().Matches(name).Select(word => word.Value)],
            IsNested: char.IsWhiteSpace(line.Item[0]));

    [GeneratedRegex(
        @"^\s*(?:(?:public|internal|private|protected|file|sealed|static|abstract|readonly|ref|partial"
        + @"|unsafe|new) +)+"
        + @"(?:class|struct|record(?: struct| class)?|interface|enum) (\w+)")]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex("[A-Z][a-z0-9]*")]
    private static partial Regex Word();

    private sealed record TypeName(SourceFile File, int Line, string Name, string[] Words, bool IsNested);
}
