using Dataplane.Counters;
using Dataplane.Engine;

namespace Dataplane.Control;

/// <summary>Finds workers that stopped turning: an NF hangs inline, or native code does not return.</summary>
/// <remarks>
/// Nothing can be done for such a worker in its own process, so the process ends with a reason and is started
/// again (engine §21). Threads: the control thread. Allocates only to end the process.
/// </remarks>
public sealed class WorkerWatch(IEngine engine, Action<string> end)
{
    /// <summary>Longer than any pause of a busy machine: ending for nothing is worse than waiting.</summary>
    public const int LooksMax = 15;

    private readonly ulong[] _turns = new ulong[64];
    private readonly int[] _looks = new int[64];
    private IReadOnlyList<WorkerView> _workers = [];

    /// <summary>Looks at every worker; called once a second.</summary>
    public void Look()
    {
        IReadOnlyList<WorkerView> workers = engine.Workers;
        if (!ReferenceEquals(workers, _workers))
        {
            _workers = workers; // a new revision: its workers are counted from now on
            Array.Clear(_looks);
        }
        for (int i = 0; i < workers.Count && i < _turns.Length; i++)
        {
            CounterBlock counters = workers[i].Counters;
            ulong turns = counters.Bursts + counters.EmptyPolls;
            _looks[i] = turns == _turns[i] ? _looks[i] + 1 : 0;
            _turns[i] = turns;
            if (_looks[i] == LooksMax)
            {
                end($"Worker {i} has not turned for {LooksMax} s: an NF of its chain hangs; "
                    + "disable the NF added last.");
            }
        }
    }
}
