using System.Threading.Channels;
using ControlApi.Contract.Live;
using ControlApi.Notices;
using ControlApi.Notices.Filter;

namespace ControlApi.Live;

/// <summary>
/// What one listener wants and has not been sent yet: a bounded queue that loses its oldest.
/// </summary>
/// <remarks>Threads: one offers notices, one takes; rates and state keep only their newest.</remarks>
public sealed class LiveSubscription(NoticeFilter filter, IReadOnlyList<string> streams)
{
    public const int PlacesMax = 4_096;

    private readonly Queue<ArrivedNotice> _queue = new();
    private readonly Lock _inside = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly bool _wantsNotices = streams.Contains(SubscribeRequest.NoticesStream);
    private readonly bool _wantsRates = streams.Contains(SubscribeRequest.RatesStream);
    private readonly bool _wantsState = streams.Contains(SubscribeRequest.StateStream);
    private RatesMessage? _rates;
    private StateMessage? _state;
    private long _skipped;

    public string Id { get; } = Ulid.NewUlid().ToString();

    public NoticeFilter Filter => filter;

    public void Offer(IReadOnlyList<ArrivedNotice> notices)
    {
        if (!_wantsNotices)
        {
            return;
        }
        lock (_inside)
        {
            foreach (ArrivedNotice notice in notices.Where(n => filter.Matches(n.Notice)))
            {
                if (_queue.Count == PlacesMax)
                {
                    _queue.Dequeue();
                    _skipped++;
                }
                _queue.Enqueue(notice);
            }
        }
        Signal();
    }

    public void Offer(RatesMessage rates)
    {
        if (_wantsRates)
        {
            Volatile.Write(ref _rates, rates);
            Signal();
        }
    }

    public void Offer(StateMessage state)
    {
        if (_wantsState)
        {
            Volatile.Write(ref _state, state);
            Signal();
        }
    }

    /// <summary>At most so many of the oldest that wait, and how many were lost before them.</summary>
    public IReadOnlyList<ArrivedNotice> Take(int max, out long skipped)
    {
        lock (_inside)
        {
            skipped = _skipped;
            _skipped = 0;
            var taken = new List<ArrivedNotice>(Math.Min(max, _queue.Count));
            while (taken.Count < max && _queue.TryDequeue(out ArrivedNotice? notice))
            {
                taken.Add(notice);
            }
            return taken;
        }
    }

    /// <summary>At most so many of the newest; older ones are dropped and counted.</summary>
    public IReadOnlyList<ArrivedNotice> TakeNewest(int max, out long skipped)
    {
        lock (_inside)
        {
            while (_queue.Count > max)
            {
                _queue.Dequeue();
                _skipped++;
            }
        }
        return Take(max, out skipped);
    }

    public RatesMessage? TakeRates() => Interlocked.Exchange(ref _rates, null);

    public StateMessage? TakeState() => Interlocked.Exchange(ref _state, null);

    /// <summary>Returns true when there may be something to take, false when time is up.</summary>
    public async Task<bool> WaitAsync(TimeSpan patience, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(patience);
        try
        {
            return await _signal.Reader.ReadAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private void Signal() => _signal.Writer.TryWrite(true);
}
