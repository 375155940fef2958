using ControlApi.Contract;
using ControlApi.Contract.Live;
using ControlApi.Contract.Notices;
using WebUi.Client;

namespace WebUi.Stores;

/// <summary>The newest alerts that fit a filter: the stored ones first, then each as it comes.</summary>
public sealed class AlertStore(ApiClient api, LiveFeed feed, CatalogStore catalog) : Store
{
    public const int RingRows = 10_000;
    public const int PageRows = 100;

    private readonly LiveRing<Notice> _ring = new(RingRows);
    private readonly Lock _lock = new();
    private readonly HashSet<string> _known = [];
    private readonly List<Alert> _older = [];
    private NoticeSubscription? _subscription;
    private string? _next;
    private int _opens;

    public string Filter { get; private set; } = "";

    /// <summary>Alerts left out because more came than a page can show.</summary>
    public long Skipped { get; private set; }

    public bool IsPaused => _ring.IsPaused;

    public long Waiting => _ring.Waiting;

    /// <summary>Whether ControlApi has older ones that are not in the list yet.</summary>
    public bool HasOlder => _next is not null;

    /// <summary>
    /// Begins anew with this filter. Throws <see cref="ApiException"/> for one that cannot be read.
    /// </summary>
    public async Task OpenAsync(string filter, CancellationToken cancel)
    {
        await CloseAsync();
        int open = _opens;
        Page<Alert> stored = await api.GetAlertsAsync(filter, null, PageRows, cancel);
        if (open != _opens)
        {
            return; // a newer filter was given meanwhile, or the page was left
        }
        Filter = filter;
        Skipped = 0;
        _next = stored.Next;
        lock (_lock)
        {
            _ring.Clear();
            _known.Clear();
            _older.Clear();
        }
        foreach (Alert alert in stored.Items.Reverse())
        {
            AddOnce(alert);
        }
        string? last = stored.Items.Count > 0 ? stored.Items[0].Id : null;
        NoticeSubscription subscription = await feed.FollowAsync(LiveFilter(filter), last, Hear);
        if (open != _opens)
        {
            await subscription.DisposeAsync();
            return;
        }
        _subscription = subscription;
        Say();
    }

    public async Task LoadOlderAsync(CancellationToken cancel)
    {
        if (_next is null)
        {
            return;
        }
        Page<Alert> page = await api.GetAlertsAsync(Filter, _next, PageRows, cancel);
        lock (_lock)
        {
            _older.AddRange(page.Items.Where(alert => _known.Add(alert.Id)));
        }
        _next = page.Next;
        Say();
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<Notice> Read(int max)
    {
        IReadOnlyList<Notice> rows = _ring.Read(max);
        lock (_lock)
        {
            return _older.Count == 0 || rows.Count >= max
                ? rows
                : [.. rows, .. _older.Take(max - rows.Count)];
        }
    }

    public void Pause()
    {
        _ring.Pause();
        Say();
    }

    public void Resume()
    {
        _ring.Resume();
        Say();
    }

    /// <summary>Hears no more; the page that opened it calls this when it is left.</summary>
    public async ValueTask CloseAsync()
    {
        _opens++;
        if (_subscription is { } old)
        {
            _subscription = null;
            await old.DisposeAsync();
        }
    }

    // Notices that are no alerts must not use up what a page can show.
    private string LiveFilter(string filter)
    {
        string alerts = catalog.AlertCondition();
        return alerts.Length == 0 ? filter : FilterText.And(filter, alerts);
    }

    private void Hear(NoticesMessage message)
    {
        foreach (Notice notice in message.Items.Where(notice => catalog.IsAlert(notice.Type)))
        {
            AddOnce(notice);
        }
        Skipped += message.Skipped;
        Say();
    }

    // After a reconnect the hub may repeat what REST already gave.
    private void AddOnce(Notice notice)
    {
        lock (_lock)
        {
            if (_known.Count > 4 * RingRows)
            {
                _known.Clear();
                _known.UnionWith(_ring.Read(RingRows).Select(row => row.Id));
            }
            if (_known.Add(notice.Id))
            {
                _ring.Add(notice);
            }
        }
    }
}
