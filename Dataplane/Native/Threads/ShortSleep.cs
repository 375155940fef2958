using System.Runtime.InteropServices;

namespace Dataplane.Native.Threads;

/// <summary>Sleeps for less than the millisecond that the runtime's own sleep rounds up to.</summary>
/// <remarks>
/// The kernel adds its timer slack (50 µs by default). A signal may end a sleep early.
/// Threads:  any.
/// </remarks>
public static partial class ShortSleep
{
    public static void ForMicroseconds(int microseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(microseconds);
        TimeSpec duration = new()
        {
            Seconds = microseconds / 1_000_000,
            Nanoseconds = microseconds % 1_000_000 * 1000L,
        };
        _ = Sleep(duration, 0);
    }

    [LibraryImport("libc.so.6", EntryPoint = "nanosleep")]
    private static partial int Sleep(in TimeSpec duration, nint remaining);
}
