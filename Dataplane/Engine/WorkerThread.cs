using Dataplane.Contract.Configuration;
using Dataplane.Native.Threads;
using Dataplane.Ports;

namespace Dataplane.Engine;

/// <summary>The thread that runs one worker, pinned to its core: full speed with traffic,
/// asleep without.</summary>
/// <remarks>Orders (a new revision) are carried out between bursts; whoever gives one waits for it.</remarks>
public sealed class WorkerThread : IDisposable
{
    private const int PollsBeforeYield = 200;
    private const int PollsBeforeSleep = 2_000;
    private const int SleepMinMicroseconds = 50;
    private const int SleepMaxMicroseconds = 1_000;
    private const int PollsPerSleepStep = 64;

    private readonly Worker _worker;
    private readonly int _core;
    private readonly WhenIdle _whenIdle;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _carriedOut = new(0);
    private Action? _order;
    private bool _isStopping;

    /// <summary>A worker on a core; -1 leaves the thread where the system puts it.</summary>
    public WorkerThread(Worker worker, string name, int core, WhenIdle whenIdle)
    {
        (_worker, _core, _whenIdle) = (worker, core, whenIdle);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
    }

    /// <summary>Why the thread is not on its core; empty when it is.</summary>
    public string PinFault { get; private set; } = "";

    /// <summary>The system's number of the thread; 0 before it runs.</summary>
    public int ThreadId { get; private set; }

    /// <summary>Begins.</summary>
    public void Start() => _thread.Start();

    /// <summary>Has the worker do something between two bursts; returns when it is done.</summary>
    public void Order(Action order)
    {
        Volatile.Write(ref _order, order);
        _carriedOut.Wait();
    }

    /// <summary>Ends the thread behind its current burst.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isStopping, true);
        _thread.Join();
        _carriedOut.Dispose();
    }

    private void Run()
    {
        ThreadId = ThreadActivity.CurrentId();
        if (_core >= 0 && !CoreAffinity.TryPin(_core, out string error))
        {
            PinFault = error;
        }

        int idlePolls = 0;
        while (!Volatile.Read(ref _isStopping))
        {
            if (Volatile.Read(ref _order) is { } order)
            {
                Volatile.Write(ref _order, null);
                order();
                _carriedOut.Release();
            }

            if (_worker.RunOnce() > 0)
            {
                idlePolls = 0;
            }
            else if (_worker.IsWaiting)
            {
                Thread.Yield(); // packets are with a peer, who may need this core to finish them
            }
            else if (_whenIdle == WhenIdle.Sleep)
            {
                Idle(ref idlePolls);
            }
        }

        DpdkPort.ReleaseThread();
    }

    // Engine §23: yield after 200 empty polls, after 2,000 sleep 50 µs, rising to 1 ms.
    private static void Idle(ref int polls)
    {
        polls++;
        if (polls > PollsBeforeSleep)
        {
            int steps = (polls - PollsBeforeSleep) / PollsPerSleepStep;
            ShortSleep.ForMicroseconds(
                Math.Min(SleepMinMicroseconds + (steps * SleepMinMicroseconds), SleepMaxMicroseconds));
            polls = Math.Min(polls, PollsBeforeSleep + (PollsPerSleepStep * SleepMaxMicroseconds));
        }
        else if (polls > PollsBeforeYield)
        {
            Thread.Yield();
        }
    }
}
