using Dataplane.Native.Threads;

namespace Dataplane.Tests.Native.Threads;

public sealed class ThreadTests
{
    [Fact]
    public void A_pinned_thread_is_allowed_on_its_core_only() => OnOwnThread(() =>
    {
        int core = CoreAffinity.AllowedCores()[^1];

        Assert.True(CoreAffinity.TryPin(core, out string error), error);
        Assert.Equal([core], CoreAffinity.AllowedCores());
    });

    [Fact]
    public void A_core_that_does_not_exist_is_refused_in_a_sentence() => OnOwnThread(() =>
    {
        Assert.False(CoreAffinity.TryPin(1023, out string error));
        Assert.Contains("allowed cores", error, StringComparison.Ordinal);
        Assert.False(CoreAffinity.TryPin(-1, out _));
        Assert.False(CoreAffinity.TryPin(CoreAffinity.CoreMax, out _));
    });

    [Fact]
    public void Work_takes_processor_time_and_sleep_takes_hardly_any()
    {
        long start = ThreadCpuClock.NowNs();
        ShortSleep.ForMicroseconds(20_000);
        long slept = ThreadCpuClock.NowNs() - start;

        long sum = 0;
        while (ThreadCpuClock.NowNs() - start < 20_000_000)
        {
            sum++;
        }

        Assert.True(sum > 0);
        Assert.InRange(slept, 0, 15_000_000);
    }

    private static void OnOwnThread(Action check)
    {
        Exception? fault = null;
        Thread thread = new(() => fault = Record.Exception(check));
        thread.Start();
        thread.Join();
        Assert.Null(fault);
    }
}
