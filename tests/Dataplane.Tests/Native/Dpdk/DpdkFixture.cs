using Dataplane.Native.Dpdk;

namespace Dataplane.Tests.Native.Dpdk;

/// <summary>DPDK, started once in the test process, and pools with names of their own.</summary>
internal static class DpdkFixture
{
    private static int _poolCount;

    public static void Start() =>
        Assert.True(
            Eal.TryStart(
                new EalOptions { FilePrefix = $"tests-{Environment.ProcessId}", MemoryMebibytes = 128 },
                out string error),
            error);

    public static Mempool NewPool(uint bufferCount)
    {
        Start();
        string name = $"tests-{Interlocked.Increment(ref _poolCount)}";
        Assert.True(Mempool.TryCreate(name, bufferCount, out Mempool? pool, out string error), error);
        return pool!;
    }
}
