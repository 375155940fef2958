using System.Globalization;

namespace Dataplane.Benchmarks;

/// <summary>What the machine is and how busy others kept it: printed with every figure.</summary>
public static class MachineLoad
{
    /// <summary>Processor, cores, load average and the share of time that was stolen since boot.</summary>
    public static string Describe()
    {
        string model = File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            ?? "unknown";
        string load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        double[] times =
            [.. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1).Select(t => double.Parse(t, CultureInfo.InvariantCulture))];
        double stolen = times.Length > 7 ? 100 * times[7] / times.Sum() : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{model}, {Environment.ProcessorCount} cores, load {load}, stolen {stolen:0.0} %");
    }
}
