using Dataplane.Chains;
using Dataplane.Counters;
using Dataplane.Engine;
using Dataplane.Native.Threads;

namespace Dataplane.Control;

/// <summary>Finds workers that stopped turning: an NF hangs inline, or native code does not return.</summary>
/// <remarks>
/// Nothing can be done for such a worker in its own process, so the process ends with a reason and is started
/// again (engine §21). A worker that wants to run and gets no processor is left alone for longer: ending for
/// nothing is worse than waiting.
/// Threads: the control thread. Allocates only when a worker has not turned for a while.
/// </remarks>
public sealed class WorkerWatch(IEngine engine, BusyMarks? marks, Action<string> end)
{
    /// <summary>A worker that hangs is borne so long.</summary>
    public const long HangUs = 1_000_000;

    /// <summary>One that only gets no processor, so long.</summary>
    public const long StarvedUs = 15_000_000;

    private const long SuspectUs = 500_000;

    /// <summary>A thread that spins has had at least this much of the time since it was suspected.</summary>
    private const long SpinTicks = 20;

    private readonly ulong[] _turns = new ulong[64];
    private readonly long[] _turnedUs = new long[64];
    private readonly long[] _ticksBefore = new long[64];
    private IReadOnlyList<WorkerView> _workers = [];

    /// <summary>Looks at every worker; called ten times a second.</summary>
    public void Look(long nowUs)
    {
        IReadOnlyList<WorkerView> workers = engine.Workers;
        if (!ReferenceEquals(workers, _workers))
        {
            _workers = workers; // a new revision: its workers are counted from now on
            Array.Fill(_turnedUs, nowUs);
        }
        for (int i = 0; i < workers.Count && i < _turns.Length; i++)
        {
            CounterBlock counters = workers[i].Counters;
            ulong turns = counters.Bursts + counters.EmptyPolls;
            if (turns != _turns[i])
            {
                (_turns[i], _turnedUs[i], _ticksBefore[i]) = (turns, nowUs, -1);
            }
            else if (nowUs - _turnedUs[i] >= SuspectUs && Hangs(i, nowUs - _turnedUs[i]))
            {
                end(ReasonOf(i, nowUs - _turnedUs[i]));
                _turnedUs[i] = long.MaxValue / 2;
            }
        }
    }

    private bool Hangs(int worker, long stoppedUs)
    {
        if (stoppedUs >= StarvedUs
            || !ThreadActivity.TryRead(_workers[worker].ThreadId(), out ThreadActivity activity))
        {
            return stoppedUs >= StarvedUs;
        }
        if (_ticksBefore[worker] < 0)
        {
            _ticksBefore[worker] = activity.ProcessorTicks;
        }
        bool spins = activity.ProcessorTicks - _ticksBefore[worker] >= SpinTicks;
        return stoppedUs >= HangUs && (spins || activity.State == 'S');
    }

    private string ReasonOf(int worker, long stoppedUs)
    {
        string name = marks?.NameAt(worker) ?? "";
        string where = name.Length == 0 ? "an NF of its chain hangs; disable the NF added last."
            : $"the NF {name} hangs; correct or disable it.";
        return $"Worker {worker} has not turned for {stoppedUs / 100_000 / 10.0:0.0} s: {where}";
    }
}
