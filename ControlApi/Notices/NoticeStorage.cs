using Persistence;
using Persistence.Stores;

namespace ControlApi.Notices;

/// <summary>
/// Puts notices into their two databases; each is fed from its own mark, so kills lose nothing.
/// </summary>
/// <remarks>Threads: one.</remarks>
public sealed class NoticeStorage(DataFolder folder, DataLock held) : IDisposable
{
    private readonly EventWriter _events = new(folder, held);
    private readonly TriageWriter _triage = new(folder);

    /// <summary>Everything up to here is in both databases.</summary>
    public ulong StoredThrough => (ulong)Math.Min(_events.Mark, _triage.Mark);

    public ulong EventMark => (ulong)_events.Mark;

    /// <summary>Stores a batch in spool order; returns those that were not stored before.</summary>
    public IReadOnlyList<ArrivedNotice> Store(IReadOnlyList<ArrivedNotice> batch, bool isDiskScarce)
    {
        if (batch.Count == 0)
        {
            return [];
        }
        ulong mark = EventMark;
        List<ArrivedNotice> fresh = [.. batch.Where(n => n.Notice.Seq > mark)];
        _events.Append([.. fresh.Where(n => !isDiskScarce || n.Notice.Severity < 4).Select(n => n.ToRow())]);
        _triage.Apply([.. batch.Where(n => n.IsAlert).Select(n => n.ToArrival())],
            (long)batch[^1].Notice.Seq);
        return fresh;
    }

    public void EndFile() => _events.EndFile();

    public void Dispose()
    {
        _events.Dispose();
        _triage.Dispose();
    }
}
