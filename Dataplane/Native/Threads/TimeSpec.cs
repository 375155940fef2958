using System.Runtime.InteropServices;

namespace Dataplane.Native.Threads;

/// <summary>struct timespec of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public const long NsPerSecond = 1_000_000_000;

    public long Seconds;
    public long Nanoseconds;
}
