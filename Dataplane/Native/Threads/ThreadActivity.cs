using System.Globalization;
using System.Runtime.InteropServices;

namespace Dataplane.Native.Threads;

/// <summary>What a thread of this process is doing: to tell one that hangs from one that gets no
/// processor.</summary>
/// <param name="State">As /proc has it: R wants to run, S and D wait for something.</param>
/// <param name="ProcessorTicks">Processor time it has had, in ticks of 10 ms.</param>
public readonly partial record struct ThreadActivity(char State, long ProcessorTicks)
{
    private const int UserTicksField = 11;

    /// <summary>The system's number of the calling thread.</summary>
    public static int CurrentId() => GetThreadId();

    /// <summary>Looks at a thread; false when it has ended. Allocates.</summary>
    public static bool TryRead(int threadId, out ThreadActivity activity)
    {
        activity = default;
        try
        {
            // The name, in brackets, may hold anything; fields are counted from behind it.
            string line = File.ReadAllText($"/proc/self/task/{threadId}/stat");
            string[] fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
            activity = new ThreadActivity(fields[0][0],
                long.Parse(fields[UserTicksField], CultureInfo.InvariantCulture)
                + long.Parse(fields[UserTicksField + 1], CultureInfo.InvariantCulture));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "gettid")]
    private static partial int GetThreadId();
}
