using Dataplane.Events;
using Dataplane.Notices;

namespace Dataplane.Control;

/// <summary>The control thread: empties the workers' rings into spool and logs, writes counters,
/// wakes the reader.</summary>
/// <remarks>
/// It sleeps from one to ten milliseconds while there is nothing to do, so an idle appliance costs next to
/// nothing and an alert waits no longer than that. Allocates nothing while segments and logs last.
/// </remarks>
public sealed class ControlLoop : IDisposable
{
    /// <summary>Entries taken from one ring before the others have their turn.</summary>
    private const int RoundMax = 256;

    private const long SecondUs = 1_000_000;
    private const long FlushUs = 250_000;
    private const long WatchUs = 100_000;
    private const int IdleMsMax = 10;

    /// <summary>The code of SYS/STORAGE that stands for the logs; 0 stands for the spool.</summary>
    private const ushort LogsCode = 1;

    private readonly EngineSinks _sinks;
    private readonly NoticeSpool _spool;
    private readonly RecordLogs _logs;
    private readonly WakeSocket _wake;
    private readonly StatsSegment _stats;
    private readonly WorkerWatch _watch;
    private readonly Thread _thread;
    private long _nextSecondUs;
    private long _nextFlushUs;
    private long _nextWatchUs;
    private bool _logsAreFull;
    private volatile bool _stops;

    public ControlLoop(
        EngineSinks sinks, NoticeSpool spool, RecordLogs logs, WakeSocket wake, StatsSegment stats,
        WorkerWatch watch)
    {
        (_sinks, _spool, _logs, _wake, _stats, _watch) = (sinks, spool, logs, wake, stats, watch);
        _thread = new Thread(Run) { Name = "control", IsBackground = true };
    }

    /// <summary>Microseconds since 1970, UTC.</summary>
    public static long NowUs => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public void Start() => _thread.Start();

    /// <summary>One round over all rings; true when there was something.</summary>
    public bool RunOnce(long nowUs)
    {
        int notices = _sinks.DrainNotices(_spool, RoundMax, nowUs);
        int records = _sinks.DrainRecords(_logs, RoundMax, nowUs);
        if (notices != 0)
        {
            _wake.Wake(nowUs);
        }
        if (nowUs >= _nextFlushUs)
        {
            _nextFlushUs = nowUs + FlushUs;
            _logs.Flush();
            _wake.Settle(nowUs);
        }
        if (nowUs >= _nextSecondUs)
        {
            _nextSecondUs = nowUs + SecondUs;
            TellOfLogs(nowUs);
            _spool.Tick(nowUs);
            _stats.Write(nowUs);
        }
        if (nowUs >= _nextWatchUs)
        {
            _nextWatchUs = nowUs + WatchUs;
            _watch.Look(nowUs);
        }
        return notices + records != 0;
    }

    /// <summary>Stops the thread after what is in the rings has reached spool and logs.</summary>
    public void Dispose()
    {
        _stops = true;
        if (_thread.IsAlive)
        {
            _thread.Join();
        }
        while (RunOnce(NowUs))
        {
            // Workers have stopped, so the rings get no more.
        }
        _logs.Flush();
        _spool.Tick(NowUs);
    }

    /// <summary>People hear when the logs' disk is full, and when it has room again.</summary>
    private void TellOfLogs(long nowUs)
    {
        if (_logs.IsFull != _logsAreFull)
        {
            _logsAreFull = _logs.IsFull;
            var state = new StorageState(new SystemEvent(LogsCode), (byte)(_logsAreFull ? 1 : 0));
            _spool.TryTell(in state, _logsAreFull ? Severity.High : Severity.Information, default, nowUs);
        }
    }

    private void Run()
    {
        int idleMs = 0;
        while (!_stops)
        {
            idleMs = RunOnce(NowUs) ? 0 : Math.Min(idleMs + 1, IdleMsMax);
            if (idleMs != 0)
            {
                Thread.Sleep(idleMs);
            }
        }
    }
}
