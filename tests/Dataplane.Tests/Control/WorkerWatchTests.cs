using Dataplane.Chains;
using Dataplane.Control;
using Dataplane.Native.Threads;

namespace Dataplane.Tests.Control;

public sealed class WorkerWatchTests
{
    private const long SecondUs = 1_000_000;

    [Fact]
    public void A_worker_that_stops_turning_ends_the_process_with_a_reason()
    {
        List<string> reasons = [];
        using DemoWorker demo = new();
        WorkerWatch watch = new(demo.Engine, null, reasons.Add);
        long nowUs = SecondUs;
        for (int look = 0; look < 300; look++)
        {
            demo.RunWorker();
            watch.Look(nowUs += SecondUs / 10);
        }
        Assert.Empty(reasons);

        for (int look = 0; look < 160; look++)
        {
            watch.Look(nowUs += SecondUs / 10);
        }

        Assert.StartsWith("Worker 0 has not turned", Assert.Single(reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_that_hangs_in_an_NF_is_found_within_two_seconds_and_named()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("marks-").FullName, "busy");
        List<string> reasons = [];
        using BusyMarks marks = BusyMarks.Create(path)!;
        using DemoWorker demo = new();
        using ManualResetEvent hangs = new(false), mayEnd = new(false);
        int threadId = 0;
        Thread thread = new(() =>
        {
            threadId = ThreadActivity.CurrentId();
            marks.Mark(0, marks.NumberOf("stuck"));
            hangs.Set();
            mayEnd.WaitOne();
        })
        { IsBackground = true };
        thread.Start();
        hangs.WaitOne();
        Assert.True(SpinWait.SpinUntil(
            () => ThreadActivity.TryRead(threadId, out ThreadActivity now) && now.State == 'S',
            TimeSpan.FromSeconds(20)));
        demo.Engine.Workers = [demo.View with { ThreadId = () => threadId }];
        WorkerWatch watch = new(demo.Engine, marks, reasons.Add);

        long nowUs = SecondUs;
        for (int look = 0; look < 20 && reasons.Count == 0; look++)
        {
            watch.Look(nowUs += SecondUs / 10);
        }

        Assert.Contains("the NF stuck hangs", Assert.Single(reasons), StringComparison.Ordinal);
        Assert.Equal(["stuck"], BusyMarks.Read(path));
        mayEnd.Set();
        thread.Join();
    }
}
