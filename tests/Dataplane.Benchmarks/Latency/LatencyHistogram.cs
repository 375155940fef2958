using System.Numerics;

namespace Dataplane.Benchmarks.Latency;

/// <summary>Counts of times in ns, in places whose width is under one percent of the time: a histogram of
/// high dynamic range.</summary>
/// <remarks>128 places for each power of two; nothing is allocated while it counts.</remarks>
public sealed class LatencyHistogram
{
    private const int PlaceBits = 7;
    private const int Places = 1 << PlaceBits;
    private const int Powers = 40;
    private readonly long[] _counts = new long[Powers * Places];

    public long Count { get; private set; }

    public long Max { get; private set; }

    /// <summary>Counts a time; one below 0 counts as 0.</summary>
    public void Add(long ns)
    {
        ulong value = (ulong)Math.Max(0, ns);
        _counts[PlaceOf(value)]++;
        Count++;
        Max = Math.Max(Max, ns);
    }

    public void Clear()
    {
        Array.Clear(_counts);
        (Count, Max) = (0, 0);
    }

    /// <summary>The time below or at which a share of all lies; the upper end of its place.</summary>
    public double Percentile(double share)
    {
        long wanted = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int place = 0; place < _counts.Length; place++)
        {
            seen += _counts[place];
            if (seen >= wanted && Count > 0)
            {
                return UpperEnd(place);
            }
        }

        return 0;
    }

    // Below 128 each ns has a place of its own; above, the seven bits behind the first choose it.
    private static int PlaceOf(ulong value)
    {
        int power = value < Places ? 0 : BitOperations.Log2(value) - PlaceBits + 1;
        int place = power == 0 ? (int)value : (int)(value >> (power - 1)) - Places;
        return Math.Min((power * Places) + place, (Powers * Places) - 1);
    }

    private static double UpperEnd(int place)
    {
        int power = place / Places;
        return power == 0 ? place : (((ulong)(place % Places) + Places + 1) << (power - 1)) - 1;
    }
}
