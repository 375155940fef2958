using CsCheck;
using Dataplane.Chains;

namespace Dataplane.Tests.Chains;

public sealed class TimerQueueTests
{
    [Fact]
    public void Timers_come_by_time_and_those_of_one_time_as_they_were_set() =>
        Gen.Long[0, 50].Array[0, 200].Sample(
            times =>
            {
                using TimerQueue queue = new(256);
                for (uint i = 0; i < times.Length; i++)
                {
                    Assert.True(queue.TryAdd(new FlowTimer(times[i], 0, 0, i, 0)));
                }
                var came = new List<uint>();
                for (long now = 0; now <= 50; now += 5)
                {
                    while (queue.TryTake(now, out FlowTimer timer))
                    {
                        Assert.True(timer.DueNs <= now);
                        came.Add(timer.Id);
                    }
                }
                Assert.Equal(
                    Enumerable.Range(0, times.Length).OrderBy(i => times[i]).Select(i => (uint)i), came);
            },
            iter: 200);

    [Fact]
    public void A_full_queue_refuses_and_counts()
    {
        using TimerQueue queue = new(2);

        Assert.True(queue.TryAdd(new FlowTimer(5, 0, 0, 1, 0)));
        Assert.True(queue.TryAdd(new FlowTimer(3, 0, 0, 2, 0)));
        Assert.False(queue.TryAdd(new FlowTimer(1, 0, 0, 3, 0)));

        Assert.Equal((1ul, 3L), (queue.RefusedCount, queue.DueNs));
        Assert.False(queue.TryTake(2, out _));
    }
}
