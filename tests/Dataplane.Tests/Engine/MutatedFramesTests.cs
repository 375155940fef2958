using System.Diagnostics;
using Dataplane.Counters;
using Xunit.Sdk;

namespace Dataplane.Tests.Engine;

/// <summary>Hostile frames through a whole worker. The memory of the process is measured, so nothing else
/// may run beside it.</summary>
/// <remarks>A frame that kills the process ends the run of the tests; the seed is the test's argument, and
/// the same seed gives the same frames.</remarks>
[Collection(Alone)]
[CollectionDefinition(Alone, DisableParallelization = true)]
public sealed class MutatedFramesTests(ITestOutputHelper output)
{
    private const string Alone = "memory of the process is measured";
    private const long GrowthBytesMax = 48 * 1024 * 1024;
#if DEBUG
    // The unoptimised build allocates some 5 bytes a frame here, the release build none.
    private const long AllocatedBytesMax = 4 * 1024 * 1024;
#else
    private const long AllocatedBytesMax = 64 * 1024;
#endif
    private const long WarmUpFrames = 60_000;

    /// <summary>A worker that handles no frame for so long hangs.</summary>
    private static readonly TimeSpan HangTime = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public Task Mutated_frames_do_no_harm_and_leave_by_a_counted_door(ulong seed, bool isInline) =>
        RunWatched(seed, isInline, 90_000);

    [Theory]
    [Trait("tier", "long")]
    [InlineData(3, true, 7_000_000)]
    [InlineData(4, false, 3_000_000)]
    public Task Ten_million_mutated_frames_do_no_harm_and_leave_by_a_counted_door(
        ulong seed, bool isInline, long frames) => RunWatched(seed, isInline, frames);

    private async Task RunWatched(ulong seed, bool isInline, long frames)
    {
        // Disposed only when it has come to its end: a worker that hangs still uses it.
        MutatedRun run = new(seed, isInline);
        Task handling = Task.Run(() => Run(run, seed, isInline, frames));
        ulong before = ulong.MaxValue;
        while (await Task.WhenAny(handling, Task.Delay(HangTime)) != handling)
        {
            Assert.True(run.Received != before, $"Seed {seed} hangs within 64 frames up to {before}.");
            before = run.Received;
        }
        run.Dispose();
        await handling;
    }

    private void Run(MutatedRun run, ulong seed, bool isInline, long frames)
    {
        try
        {
            run.Play(WarmUpFrames);
            long residentBefore = Resident();
            long allocatedBefore = run.AllocatedBytes;
            Stopwatch watch = Stopwatch.StartNew();

            run.Play(frames);

            TimeSpan time = watch.Elapsed;
            long grown = Resident() - residentBefore;
            long allocated = run.AllocatedBytes - allocatedBefore;
            Report(run, time, grown, allocated);
            Assert.Equal("", run.FirstThrown);
            Assert.Equal(0UL, run.Parts.Runner.FaultCount);
            Assert.Equal((ulong)(WarmUpFrames + frames), run.Received);
            CheckDoors(run, isInline);
            Assert.InRange(grown, long.MinValue, GrowthBytesMax);
            Assert.InRange(allocated, 0, AllocatedBytesMax);
            CheckEnd(run);
        }
        catch (Exception error) when (error is not XunitException)
        {
            Assert.Fail($"Seed {seed}, within the 64 frames up to {run.Received}: {error}");
        }
    }

    private static void CheckDoors(MutatedRun run, bool isInline)
    {
        CounterBlock counters = run.Counters;
        Assert.Equal(run.Received, counters.Packets);
        Assert.Equal(run.Received, run.Sent + run.Freed);
        Assert.Equal(run.Sent, counters.Forwarded);
        Assert.Equal(0UL, counters.Drops[(int)DropReason.None]);
        if (isInline)
        {
            Assert.Equal(run.Freed, run.Drops);
            Assert.NotEqual(0UL, run.Sent);
        }
        else
        {
            Assert.Equal(0UL, run.Sent);
        }
        Assert.NotEqual(0UL, run.Notices);
        Assert.NotEqual(0UL, run.Records);
    }

    // What flows held is given back when they end.
    private static void CheckEnd(MutatedRun run)
    {
        run.EndAll();
        Assert.Equal(0u, run.Parts.Flows.Count);
        Assert.Equal(run.Counters.FlowsStarted, run.Counters.FlowsEnded);
        Assert.Equal(0u, run.Parts.Tcp.Streams.OpenCount);
        Assert.Equal(0u, run.Parts.Tcp.Streams.HeldSlabBytes);
        Assert.Equal(0u, run.FollowedFlows);
        Assert.Equal(0UL, run.Parts.Runner.FaultCount);
    }

    private static long Resident()
    {
        GC.Collect();
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private void Report(MutatedRun run, TimeSpan time, long grown, long allocated)
    {
        using Process process = Process.GetCurrentProcess();
        output.WriteLine($"{run.Received} frames, {time.TotalSeconds:F1} s; "
            + $"flows {run.Counters.FlowsStarted}, evicted {run.Counters.FlowsEvicted}; "
            + $"rebuilt {run.Parts.Layer23.ReassembledCount}, "
            + $"tunnels {run.Parts.Layer23.TunneledCount}; notices {run.Notices}, records {run.Records}.");
        output.WriteLine($"Grown by {grown >> 10} KiB, peak {process.PeakWorkingSet64 >> 20} MiB, "
            + $"allocated {allocated} bytes, thrown {run.ThrownCount}.");
        output.WriteLine("Drops: " + string.Join(", ", Enum.GetValues<DropReason>()
            .Where(r => r < DropReason.Count && run.Counters.Drops[(int)r] > 0)
            .Select(r => $"{r} {run.Counters.Drops[(int)r]}")));
    }
}
