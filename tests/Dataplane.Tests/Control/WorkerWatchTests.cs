using Dataplane.Control;

namespace Dataplane.Tests.Control;

public sealed class WorkerWatchTests
{
    [Fact]
    public void A_worker_that_stops_turning_ends_the_process_with_a_reason()
    {
        using DemoWorker demo = new();
        List<string> reasons = [];
        WorkerWatch watch = new(demo.Engine, reasons.Add);
        for (int second = 0; second < 3 * WorkerWatch.LooksMax; second++)
        {
            demo.RunWorker();
            watch.Look();
        }
        Assert.Empty(reasons);

        for (int second = 0; second < WorkerWatch.LooksMax; second++)
        {
            watch.Look();
        }

        Assert.StartsWith("Worker 0 has not turned", Assert.Single(reasons), StringComparison.Ordinal);
    }
}
