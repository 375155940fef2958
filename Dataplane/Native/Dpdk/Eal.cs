using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Dataplane.Native.Threads;

namespace Dataplane.Native.Dpdk;

/// <summary>
/// Starts DPDK's environment abstraction layer, which belongs to the process and lasts as long.
/// </summary>
/// <remarks>
/// Threads:  TryStart by the control thread; RegisterThread by each worker for itself.
/// Lifetime: never stopped: DPDK cannot be started twice, and all its memory ends with the process.
/// </remarks>
public static unsafe class Eal
{
    private const int LogMaxBytes = 4096;
    private const long HugePagesMin = 64; // 128 MiB: a pool of 32,768 buffers and its port

    private static readonly Lock Starting = new();
    private static bool _started;
    private static int _nameCount;

    public static bool IsStarted => _started;

    public static string Version => Marshal.PtrToStringUTF8((nint)DpdkShim.Version()) ?? "";

    /// <summary>
    /// Starts DPDK unless it runs already; a failure is one sentence with what DPDK itself said.
    /// </summary>
    public static bool TryStart(EalOptions options, out string error)
    {
        ArgumentNullException.ThrowIfNull(options);
        lock (Starting)
        {
            error = "";
            if (_started)
            {
                return true;
            }
            int code = Start([.. Arguments(options)]);
            if (code == 0)
            {
                _started = true;
                return true;
            }
            error = $"DPDK cannot be started ({DpdkError.Name(code)}: {TakeLog()}); "
                + "run installer/appliance doctor.";
            return false;
        }
    }

    /// <summary>A name that no pool or device of this process has had: a prefix and a number.</summary>
    public static string NewName(string prefix) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{Interlocked.Increment(ref _nameCount)}");

    /// <summary>Gives the calling thread a buffer cache of its own in every pool, if it has none.</summary>
    public static bool TryRegisterThread() => DpdkShim.RegisterThread() == 0;

    /// <summary>To be called by a registered thread before it ends.</summary>
    public static void UnregisterThread() => DpdkShim.UnregisterThread();

    /// <summary>The lines that DPDK and its drivers logged since the last call, on one line.</summary>
    internal static string TakeLog()
    {
        byte* text = stackalloc byte[LogMaxBytes];
        int length = (int)DpdkShim.TakeLog(text, LogMaxBytes);
        string[] lines = Encoding.UTF8.GetString(text, length)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        // A driver's own words say more than the layers that report its failure onwards.
        string[] causes = [.. lines.Where(line => !line.StartsWith("EAL: ", StringComparison.Ordinal))];
        lines = causes.Length > 0 ? causes : lines;
        return lines.Length == 0 ? "no reason given" : string.Join("; ", lines.Take(3));
    }

    private static IEnumerable<string> Arguments(EalOptions options)
    {
        yield return "appliance";
        yield return "--no-telemetry";
        yield return "--log-level=lib.eal:warning";
        yield return $"--file-prefix={options.FilePrefix}";

        // DPDK makes a thread for each core in this list; ours are our own, so one is enough.
        yield return $"--lcores={CoreAffinity.AllowedCores()[0]}";

        // An allow list that allows nothing: cards are opened when a port names them, and only those.
        yield return "--allow=ffff:ff:1f.7";
        if (FreeHugePages() >= HugePagesMin)
        {
            yield return "--in-memory";
            yield break;
        }
        yield return "--no-huge";
        yield return "--no-shconf"; // not --in-memory, which 22.11 refuses beside --no-huge
        yield return "-m";
        yield return options.MemoryMebibytes.ToString(CultureInfo.InvariantCulture);
    }

    private static long FreeHugePages()
    {
        const string Path = "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages";
        return File.Exists(Path) && long.TryParse(File.ReadAllText(Path), out long pages) ? pages : 0;
    }

    private static int Start(string[] arguments)
    {
        // DPDK keeps pointers to its arguments: they are never freed.
        byte** pointers = (byte**)NativeMemory.AllocZeroed((nuint)arguments.Length + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < arguments.Length; i++)
        {
            pointers[i] = (byte*)Marshal.StringToCoTaskMemUTF8(arguments[i]);
        }
        return DpdkShim.Start(arguments.Length, pointers);
    }
}
