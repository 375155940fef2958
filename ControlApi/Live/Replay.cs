using ControlApi.Notices;
using ControlApi.Notices.Filter;
using Persistence.Stores;

namespace ControlApi.Live;

/// <summary>Stored notices that a listener missed, oldest first.</summary>
public sealed class Replay
{
    public const int NoticesMax = 10_000;

    private const int PageMax = 1_000;

    private Replay(IReadOnlyList<StoredNotice> notices, bool isGap)
    {
        Notices = notices;
        IsGap = isGap;
    }

    public IReadOnlyList<StoredNotice> Notices { get; }

    /// <summary>More were missed than are replayed; these are the newest of them.</summary>
    public bool IsGap { get; }

    public static Replay Find(
        EventSearch search, NoticeFilter filter, ulong after, ulong through, CancellationToken cancellation)
    {
        var found = new List<StoredNotice>();
        long before = (long)through + 1;
        while (found.Count <= NoticesMax)
        {
            IReadOnlyList<StoredNotice> page = search.Find(new NoticeSearch
            {
                Condition = filter.ToSearch(),
                After = (long)after,
                Before = before,
                Limit = Math.Min(PageMax, NoticesMax + 1 - found.Count),
            }, cancellation);
            if (page.Count == 0)
            {
                break;
            }
            found.AddRange(page);
            before = page[^1].Seq;
        }
        bool isGap = found.Count > NoticesMax;
        if (isGap)
        {
            found.RemoveRange(NoticesMax, found.Count - NoticesMax);
        }
        found.Reverse();
        return new Replay(found, isGap);
    }
}
