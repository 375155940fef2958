namespace WebUi.Stores;

/// <summary>
/// Turns any number of changes into at most four calls a second; the last change is never left out.
/// </summary>
/// <remarks>Threads: <see cref="Request"/> from any thread; the call runs on a timer thread.</remarks>
public sealed class RedrawPace : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _lock = new();
    private readonly Action _redraw;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _lastTicks;
    private bool _waiting;
    private bool _disposed;

    public RedrawPace(Action redraw, TimeProvider time)
    {
        _redraw = redraw;
        _time = time;
        _lastTicks = time.GetTimestamp() - (long)(Interval.TotalSeconds * time.TimestampFrequency);
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Request()
    {
        lock (_lock)
        {
            if (_waiting || _disposed)
            {
                return;
            }
            _waiting = true;
            TimeSpan since = _time.GetElapsedTime(_lastTicks);
            _timer.Change(since >= Interval ? TimeSpan.Zero : Interval - since, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }
        _timer.Dispose();
    }

    private void Fire()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }
            _waiting = false;
            _lastTicks = _time.GetTimestamp();
        }
        _redraw();
    }
}
