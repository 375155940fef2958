using System.Text;
using Dataplane.Inspection.Compile;
using Dataplane.Native.Vectorscan;

namespace Dataplane.Tests.Inspection.Compile;

public sealed class DatabaseCacheTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("databases-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_database_is_compiled_once_and_read_from_then_on()
    {
        Assert.Equal(0, Find(new DatabaseCache(_folder), 100));
        var again = new DatabaseCache(_folder);

        Assert.Equal(1, Find(again, 100));
        Assert.Equal(1, Find(again, 101));
    }

    [Fact]
    public void A_damaged_file_is_compiled_anew_and_replaced()
    {
        Find(new DatabaseCache(_folder), 100);
        string file = Assert.Single(Directory.GetFiles(_folder));
        byte[] bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);

        Assert.Equal(0, Find(new DatabaseCache(_folder), 100));
        Assert.Equal(1, Find(new DatabaseCache(_folder), 100));
    }

    [Fact]
    public void Without_a_folder_or_with_one_that_cannot_be_made_databases_are_compiled()
    {
        Assert.Equal(0, Find(new DatabaseCache(null), 100));
        Assert.Equal(0, Find(new DatabaseCache("/dev/null/none"), 100));
    }

    /// <summary>Compiles so many literals, looks for the last, and answers how many were read.</summary>
    private static int Find(DatabaseCache cache, int count)
    {
        Pattern[] literals =
        [
            .. Enumerable.Range(0, count).Select(i => new Pattern(
                (uint)i, Encoding.ASCII.GetBytes($"literal-{i:D4}"), PatternOptions.OnlyFirst)),
        ];
        Assert.True(cache.TryCompile(literals, PatternMode.Block, out PatternDatabase? database, out _));
        using PatternDatabase made = database!;
        using var scanner = new PatternScanner();
        scanner.Prepare(made);
        scanner.Scan(made, Encoding.ASCII.GetBytes($"a literal-{count - 1:D4} b"));
        Assert.Equal((uint)count - 1, Assert.Single(scanner.Matches.ToArray()).Id);
        return cache.HitCount;
    }
}
