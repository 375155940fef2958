using System.Diagnostics;

namespace Dataplane.Benchmarks.Latency;

/// <summary>When each packet of a run left, and when the last NF had done with it.</summary>
/// <remarks>Each NF writes its own row, on whatever thread it runs; the rows are joined when all have
/// stopped.</remarks>
public sealed class FinishLog(int functions, int packets)
{
    private readonly long[][] _finished = [.. Enumerable.Range(0, functions).Select(_ => new long[packets])];
    private readonly long[] _left = new long[packets];

    /// <summary>Called by an NF at the end of its handler.</summary>
    public void Finished(int function, uint packet) => _finished[function][packet] = Stopwatch.GetTimestamp();

    /// <summary>Called by the port that a packet leaves by.</summary>
    public void Left(uint packet) => _left[packet] = Stopwatch.GetTimestamp();

    /// <summary>Ticks at which a packet left.</summary>
    public long LeftAt(int packet) => _left[packet];

    /// <summary>Ticks at which the last NF had done with a packet and it had left.</summary>
    public long DoneAt(int packet)
    {
        long last = _left[packet];
        foreach (long[] row in _finished)
        {
            last = Math.Max(last, row[packet]);
        }

        return last;
    }

    public void Clear()
    {
        Array.Clear(_left);
        foreach (long[] row in _finished)
        {
            Array.Clear(row);
        }
    }
}
