namespace Dataplane.Tests.Control;

/// <summary>Counts collections of the whole process, so nothing else may run beside it.</summary>
[Collection(Alone)]
[CollectionDefinition(Alone, DisableParallelization = true)]
public sealed class CollectionTests
{
    private const string Alone = "garbage collections are counted";

    [Fact]
    [Trait("tier", "long")]
    public void No_collection_happens_in_ten_million_packets()
    {
        using DemoWorker demo = new();
        demo.Play(100_000, out _, out _); // the first calls of everything
        int before = GC.CollectionCount(0);

        demo.Play(10_000_000, out _, out _);

        Assert.Equal(before, GC.CollectionCount(0));
    }
}
