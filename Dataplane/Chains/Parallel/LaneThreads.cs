using System.Globalization;

namespace Dataplane.Chains.Parallel;

/// <summary>The threads on which the NFs of one worker run that are placed on other cores.</summary>
/// <remarks>One thread a core. Threads: the worker's, except what the threads do themselves.</remarks>
internal sealed class LaneThreads(byte worker, IReadOnlyList<int> cores) : ILaneHost
{
    private readonly List<LaneThread> _threads = [];
    private int _next;

    /// <summary>Runs a lane: on the core it asks for, else on the next of ours.</summary>
    public void Add(ILane lane)
    {
        int asked = lane.Core;
        int core = asked >= 0 ? asked : cores[_next++ % cores.Count];
        ThreadOn(core).Add(lane);
    }

    /// <summary>Returns when no thread touches the lane any more.</summary>
    public void Remove(ILane lane)
    {
        foreach (LaneThread thread in _threads.Where(thread => thread.Lanes.Contains(lane)).ToList())
        {
            thread.Remove(lane);
            if (thread.Lanes.Count == 0)
            {
                thread.Dispose();
                _threads.Remove(thread);
            }
        }
    }

    /// <summary>Leaves a thread that hangs in this lane; its other lanes go on on a new one.</summary>
    public bool TryAbandon(ILane lane)
    {
        LaneThread? thread = _threads.Find(candidate => candidate.Lanes.Contains(lane));
        if (thread is null || !thread.TryAbandon(lane))
        {
            return false;
        }

        _threads.Remove(thread);
        foreach (ILane other in thread.Lanes.Where(other => other != lane))
        {
            ThreadOn(thread.Core).Add(other);
        }

        return true;
    }

    /// <summary>Wakes those that sleep although there is something to do.</summary>
    public void Wake()
    {
        Interlocked.MemoryBarrier();
        for (int i = 0; i < _threads.Count; i++)
        {
            _threads[i].Wake();
        }
    }

    public void Dispose()
    {
        _threads.ForEach(thread => thread.Dispose());
        _threads.Clear();
    }

    private LaneThread ThreadOn(int core)
    {
        LaneThread? thread = _threads.Find(candidate => candidate.Core == core);
        if (thread is null)
        {
            string place = core < 0 ? "any" : core.ToString(CultureInfo.InvariantCulture);
            thread = new LaneThread($"nf-{worker}-{place}", core);
            _threads.Add(thread);
        }

        return thread;
    }
}
