using System.Text.Json.Serialization;

namespace Dataplane.Benchmarks;

/// <summary>One figure: the median of its runs, with the least and the greatest.</summary>
/// <param name="Id">What was measured.</param>
/// <param name="Unit">ns, ratio, x, bytes, events/packet, ...</param>
/// <param name="Value">The median.</param>
/// <param name="Min">The least of all runs.</param>
/// <param name="Max">The greatest.</param>
/// <param name="Runs">How many runs.</param>
public sealed record ReportRow(string Id, string Unit, double Value, double Min, double Max, int Runs)
{
    private const int Resamples = 1_000;

    /// <summary>Ends of the bootstrap 95 % interval of the median.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Low { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? High { get; init; }

    /// <summary>The set of traffic, where there are several.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Traffic { get; init; }

    /// <summary>What a reader must know beside the figure.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }

    /// <summary>A figure that was counted or computed, not timed.</summary>
    public static ReportRow Counted(string id, string unit, double value) =>
        new(id, unit, value, value, value, 1);

    /// <summary>The median of measured values with its interval.</summary>
    public static ReportRow Of(string id, string unit, IReadOnlyList<double> values)
    {
        double[] sorted = [.. values.Order()];
        var random = new Random(1);
        double[] medians = new double[Resamples];
        double[] drawn = new double[sorted.Length];
        for (int i = 0; i < Resamples; i++)
        {
            for (int j = 0; j < drawn.Length; j++)
            {
                drawn[j] = sorted[random.Next(sorted.Length)];
            }

            medians[i] = MedianOf(drawn);
        }

        Array.Sort(medians);
        return new ReportRow(id, unit, MedianOf(sorted), sorted[0], sorted[^1], sorted.Length)
        {
            Low = medians[Resamples * 25 / 1_000],
            High = medians[Resamples * 975 / 1_000],
        };
    }

    /// <summary>The middle value.</summary>
    public static double MedianOf(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
