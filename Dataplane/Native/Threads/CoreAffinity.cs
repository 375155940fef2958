using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Dataplane.Native.Threads;

/// <summary>Reads and sets the cores on which the calling thread may run.</summary>
/// <remarks>
/// Threads:  each call speaks of its caller only; threads made later inherit the caller's cores.
/// Lifetime: no state.
/// </remarks>
public static unsafe partial class CoreAffinity
{
    public const int CoreMax = 1024;

    private const int WordCount = CoreMax / 64;
    private const int CallingThread = 0;

    /// <summary>The cores that the calling thread may use, in ascending order.</summary>
    public static IReadOnlyList<int> AllowedCores()
    {
        ulong* words = stackalloc ulong[WordCount];
        new Span<ulong>(words, WordCount).Clear();

        // SAFETY: the kernel writes at most the size that it is told.
        if (GetAffinity(CallingThread, WordCount * sizeof(ulong), words) != 0)
        {
            return [.. Enumerable.Range(0, Environment.ProcessorCount)];
        }
        List<int> cores = [];
        for (int word = 0; word < WordCount; word++)
        {
            for (ulong rest = words[word]; rest != 0; rest &= rest - 1)
            {
                cores.Add((word * 64) + BitOperations.TrailingZeroCount(rest));
            }
        }
        return cores;
    }

    /// <summary>Binds the calling thread to one core, or says in a sentence why not.</summary>
    public static bool TryPin(int core, out string error) => TrySet([core], out error);

    /// <summary>Lets the calling thread run on exactly these cores.</summary>
    public static bool TrySet(IReadOnlyList<int> cores, out string error)
    {
        ArgumentNullException.ThrowIfNull(cores);
        string names = string.Join(", ", cores.Select(core => core.ToString(CultureInfo.InvariantCulture)));
        if (cores.Any(core => core is < 0 or >= CoreMax))
        {
            error = $"Cores {names} are not between 0 and {CoreMax - 1}; name cores that lscpu lists.";
            return false;
        }
        ulong* words = stackalloc ulong[WordCount];
        new Span<ulong>(words, WordCount).Clear();
        foreach (int core in cores)
        {
            words[core / 64] |= 1ul << (core % 64);
        }

        // SAFETY: the kernel reads exactly the size that it is told.
        if (SetAffinity(CallingThread, WordCount * sizeof(ulong), words) != 0)
        {
            error = $"The thread cannot be pinned to core {names}; choose among the allowed cores "
                + $"{string.Join(", ", AllowedCores())}.";
            return false;
        }
        error = "";
        return true;
    }

    [LibraryImport("libc.so.6", EntryPoint = "sched_getaffinity")]
    private static partial int GetAffinity(int thread, nuint bytes, ulong* words);

    [LibraryImport("libc.so.6", EntryPoint = "sched_setaffinity")]
    private static partial int SetAffinity(int thread, nuint bytes, ulong* words);
}
