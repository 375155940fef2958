using System.Collections.Concurrent;

namespace ControlApi.Notices;

/// <summary>Counts what was stored since the start, for metrics, rates and health.</summary>
public sealed class NoticeCounters
{
    private readonly ConcurrentDictionary<(int Severity, string Action), long> _alerts = new();
    private long _notices;
    private long _allAlerts;

    /// <summary>Why storage failed last; null while it works.</summary>
    public string? StorageFault { get; set; }

    /// <summary>Spool records that could not be read.</summary>
    public ulong Corrupt { get; set; }

    public long Notices => Interlocked.Read(ref _notices);

    public long Alerts => Interlocked.Read(ref _allAlerts);

    public IReadOnlyDictionary<(int Severity, string Action), long> AlertsByKind => _alerts;

    public void Count(IReadOnlyList<ArrivedNotice> fresh)
    {
        Interlocked.Add(ref _notices, fresh.Count);
        foreach (ArrivedNotice alert in fresh.Where(n => n.IsAlert))
        {
            Interlocked.Increment(ref _allAlerts);
            _alerts.AddOrUpdate((alert.Notice.Severity, alert.Notice.Action ?? "none"), 1,
                (_, count) => count + 1);
        }
    }
}
