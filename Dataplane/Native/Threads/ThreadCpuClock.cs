using System.Runtime.InteropServices;

namespace Dataplane.Native.Threads;

/// <summary>
/// Processor time of the calling thread, in nanoseconds: what benchmarks compare on a shared machine.
/// </summary>
/// <remarks>
/// Budget:   one system call; read around loops, not inside them.
/// Threads:  each reads its own clock.
/// </remarks>
public static partial class ThreadCpuClock
{
    private const int ThreadCpuTimeId = 3; // CLOCK_THREAD_CPUTIME_ID

    public static long NowNs()
    {
        _ = GetTime(ThreadCpuTimeId, out TimeSpec now);
        return (now.Seconds * TimeSpec.NsPerSecond) + now.Nanoseconds;
    }

    [LibraryImport("libc.so.6", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out TimeSpec now);
}
