using Dataplane.Native.Dpdk;

namespace Dataplane.Tests.Native.Dpdk;

/// <summary>DPDK, started once in the test process, and pools.</summary>
internal static class DpdkFixture
{
    public static void Start() =>
        Assert.True(
            Eal.TryStart(
                new EalOptions { FilePrefix = $"tests-{Environment.ProcessId}", MemoryMebibytes = 128 },
                out string error),
            error);

    public static Mempool NewPool(uint bufferCount)
    {
        Start();
        Assert.True(Mempool.TryCreate(bufferCount, out Mempool? pool, out string error), error);
        return pool!;
    }
}
