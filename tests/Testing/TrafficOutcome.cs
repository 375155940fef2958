using System.Diagnostics;
using System.Globalization;

namespace Testing;

/// <summary>What became of numbered datagrams.</summary>
/// <param name="Sent">How many were sent.</param>
/// <param name="Lost">Runs of numbers none of which arrived, in order.</param>
/// <param name="RepeatedCount">Arrivals of a number that had arrived.</param>
/// <param name="OvertakenCount">Arrivals behind a later datagram of the same flow.</param>
public sealed record TrafficOutcome(
    long Sent, IReadOnlyList<TrafficOutcome.Run> Lost, int RepeatedCount, int OvertakenCount)
{
    public static TrafficOutcome Of(IReadOnlyList<long> sentAt, IReadOnlyList<long> arrived, int flows)
    {
        bool[] isThere = new bool[sentAt.Count];
        long[] last = new long[flows];
        Array.Fill(last, -1);
        (int repeated, int overtaken) = (0, 0);
        foreach (long number in arrived)
        {
            repeated += isThere[number] ? 1 : 0;
            isThere[number] = true;
            overtaken += number < last[number % flows] ? 1 : 0;
            last[number % flows] = Math.Max(last[number % flows], number);
        }

        var lost = new List<Run>();
        for (int first = 0; first < isThere.Length; first++)
        {
            int end = first;
            while (end < isThere.Length && !isThere[end])
            {
                end++;
            }

            if (end > first)
            {
                long until = end < sentAt.Count ? sentAt[end] : sentAt[^1];
                lost.Add(new Run(first, end - first, Stopwatch.GetElapsedTime(sentAt[first], until)));
                first = end;
            }
        }

        return new TrafficOutcome(sentAt.Count, lost, repeated, overtaken);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Sent} sent, {RepeatedCount} repeated, {OvertakenCount} overtaken, lost: "
        + $"{(Lost.Count == 0 ? "none" : string.Join("; ", Lost))}");

    /// <summary>Datagrams in a row that were lost.</summary>
    /// <param name="First">Number of the first.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Length">From when the first was sent until the first behind them was.</param>
    public sealed record Run(long First, long Count, TimeSpan Length)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"{Count} from {First} on ({Length.TotalSeconds:0.00} s)");
    }
}
