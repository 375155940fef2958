using Dataplane.Benchmarks.Latency;

namespace Dataplane.Benchmarks.Tests.Latency;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(999)]
    [InlineData(123_456)]
    [InlineData(987_654_321)]
    public void A_time_is_found_again_to_one_percent(long ns)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(ns);
        Assert.InRange(histogram.Percentile(0.5), ns, (ns * 1.01) + 1);
        Assert.Equal(ns, histogram.Max);
    }

    [Fact]
    public void Percentiles_are_those_of_the_sorted_times()
    {
        var histogram = new LatencyHistogram();
        var random = new Random(5);
        long[] times = [.. Enumerable.Range(0, 10_000).Select(_ => (long)Math.Exp(random.NextDouble() * 18))];
        foreach (long time in times)
        {
            histogram.Add(time);
        }

        Array.Sort(times);
        foreach (double share in (double[])[0.01, 0.5, 0.99, 0.999, 1])
        {
            long exact = times[(int)Math.Ceiling(share * times.Length) - 1];
            Assert.InRange(histogram.Percentile(share), exact, (exact * 1.01) + 1);
        }
    }
}
