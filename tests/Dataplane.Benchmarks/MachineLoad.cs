using System.Globalization;

namespace Dataplane.Benchmarks;

/// <summary>What the machine is and how busy others kept it: printed with every figure.</summary>
public static class MachineLoad
{
    private const int FieldIdle = 3;
    private const int FieldStolen = 7;

    /// <summary>Counters of a moment.</summary>
    /// <param name="Total">Ticks of all cores.</param>
    /// <param name="Idle">Of them idle.</param>
    /// <param name="Stolen">Of them taken by the host.</param>
    /// <param name="Switches">Times this thread lost its core against its will.</param>
    public readonly record struct Sample(double Total, double Idle, double Stolen, long Switches);

    /// <summary>Processor, cores, load average and the share of time that was stolen since boot.</summary>
    public static string Describe()
    {
        string model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            ?? "unknown";
        string load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        Sample now = Now();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{model}, {Environment.ProcessorCount} cores, load {load}, "
            + $"stolen {100 * now.Stolen / now.Total:0.0} %");
    }

    /// <summary>The counters now.</summary>
    public static Sample Now()
    {
        double[] times =
            [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Select(t => double.Parse(t, CultureInfo.InvariantCulture))];
        string? switches = File.ReadLines("/proc/thread-self/status")
            .FirstOrDefault(line => line.StartsWith("nonvoluntary", StringComparison.Ordinal));
        return new Sample(
            times.Sum(), times[FieldIdle], times.Length > FieldStolen ? times[FieldStolen] : 0,
            switches is null ? 0 : long.Parse(switches.Split(':')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>What happened between two moments, in words.</summary>
    public static string Between(Sample before, Sample after)
    {
        double total = Math.Max(1, after.Total - before.Total);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}, cores idle "
            + $"{100 * (after.Idle - before.Idle) / total:0} %, stolen "
            + $"{100 * (after.Stolen - before.Stolen) / total:0.0} %, "
            + $"{after.Switches - before.Switches} switches forced on the measuring thread");
    }
}
