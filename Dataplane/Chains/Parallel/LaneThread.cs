using Dataplane.Native.Threads;

namespace Dataplane.Chains.Parallel;

/// <summary>A thread that runs NFs of one worker on one core; asleep while none has anything to do.</summary>
/// <remarks>
/// The worker wakes it. While it is inside NFs it holds a lease; the worker may break the lease of a thread
/// that hangs, which then touches nothing any more if it ever comes back.
/// </remarks>
internal sealed class LaneThread : IDisposable
{
    private const int StepsPerTurn = 32;
    private const int PollsBeforeYield = 12_000;
    private const int PollsBeforeSleep = 12_200;
    private const int SleepMaxMs = 10;

    /// <summary>A poll more often costs the worker nothing; one less often costs each packet time.</summary>
    private const int SpinTurns = 1;
    private const int RemovalMsMax = 5_000;

    private const int Idle = 0;
    private const int Busy = 1;
    private const int Abandoned = 2;

    private readonly Thread _thread;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly int _core;
    private ILane[] _lanes = [];
    private ILane? _current;
    private int _lease;
    private int _isAsleep;
    private long _turns;
    private bool _isStopping;

    /// <summary>A thread on a core; -1 leaves it where the system puts it.</summary>
    public LaneThread(string name, int core)
    {
        _core = core;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    public int Core => _core;

    /// <summary>Why the thread is not on its core; empty when it is.</summary>
    public string PinFault { get; private set; } = "";

    public IReadOnlyList<ILane> Lanes => _lanes;

    /// <summary>Worker: from now on the thread runs this one, too.</summary>
    public void Add(ILane lane)
    {
        Volatile.Write(ref _lanes, [.. _lanes, lane]);
        Wake();
    }

    /// <summary>Worker: returns when the thread does not touch the lane any more.</summary>
    public void Remove(ILane lane)
    {
        Volatile.Write(ref _lanes, [.. _lanes.Where(other => other != lane)]);
        Interlocked.MemoryBarrier();
        long seen = Interlocked.Read(ref _turns);
        long start = Environment.TickCount64;

        // Two turns: one may have begun with the old list.
        while (_thread.IsAlive && Interlocked.Read(ref _turns) < seen + 2
            && Environment.TickCount64 - start < RemovalMsMax)
        {
            Wake();
            Thread.Yield();
        }
    }

    /// <summary>Worker: breaks the lease of a thread that hangs in this lane; false when it does
    /// not.</summary>
    public bool TryAbandon(ILane lane)
    {
        bool isBroken = ReferenceEquals(Volatile.Read(ref _current), lane)
            && Interlocked.CompareExchange(ref _lease, Abandoned, Busy) == Busy;
        if (isBroken)
        {
            lane.IsLeft = true;
            Volatile.Write(ref _isStopping, true);
        }

        return isBroken;
    }

    /// <summary>Worker: wakes the thread if it sleeps; after a full fence behind what was put in a
    /// ring.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _isAsleep) != 0)
        {
            _wake.Release();
        }
    }

    /// <summary>Ends the thread, or leaves it where it hangs.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isStopping, true);
        _wake.Release();
        if (Volatile.Read(ref _lease) != Abandoned && _thread.Join(RemovalMsMax))
        {
            _wake.Dispose();
        }
        else if (Volatile.Read(ref _current) is { } lane)
        {
            TryAbandon(lane);
        }
    }

    private void Run()
    {
        if (_core >= 0 && !CoreAffinity.TryPin(_core, out string error))
        {
            PinFault = error;
        }

        int polls = 0;
        while (!Volatile.Read(ref _isStopping))
        {
            bool hasWorked = false;
            ILane[] lanes = Volatile.Read(ref _lanes);
            for (int i = 0; i < lanes.Length; i++)
            {
                if (!lanes[i].HasWork)
                {
                    continue;
                }

                Volatile.Write(ref _current, lanes[i]);
                if (Interlocked.CompareExchange(ref _lease, Busy, Idle) != Idle)
                {
                    return;
                }

                for (int step = 0; step < StepsPerTurn && lanes[i].Step(); step++)
                {
                    hasWorked = true;
                }

                if (Interlocked.CompareExchange(ref _lease, Idle, Busy) != Busy)
                {
                    return;
                }
            }

            Interlocked.Increment(ref _turns);
            polls = hasWorked ? 0 : polls + 1;
            Rest(lanes, ref polls);
        }
    }

    private void Rest(ILane[] lanes, ref int polls)
    {
        if (polls == 0)
        {
            return;
        }

        if (polls < PollsBeforeYield)
        {
            Thread.SpinWait(SpinTurns);
        }
        else if (polls < PollsBeforeSleep)
        {
            Thread.Yield();
        }
        else
        {
            Sleep(lanes);
            polls = PollsBeforeYield;
        }
    }

    private void Sleep(ILane[] lanes)
    {
        Interlocked.Exchange(ref _isAsleep, 1);
        if (!Array.Exists(lanes, lane => lane.HasWork) && !Volatile.Read(ref _isStopping)
            && ReferenceEquals(lanes, Volatile.Read(ref _lanes)))
        {
            _wake.Wait(SleepMaxMs);
        }

        Interlocked.Exchange(ref _isAsleep, 0);
        while (_wake.CurrentCount > 0 && _wake.Wait(0))
        {
            // Woken more than once: one turn serves all.
        }
    }
}
