using ControlApi.Notices;
using Dataplane.Contract.Configuration;
using Microsoft.Data.Sqlite;
using Persistence;
using Persistence.Retention;
using Persistence.Stores;

namespace ControlApi.Status;

/// <summary>
/// Keeps stored notices within their limits, and finishes files that are no longer written.
/// </summary>
/// <remarks>Threads: the ingest's, so it never meets the writer.</remarks>
public sealed class EventUpkeep(DataFolder folder, TimeProvider clock, ILogger<EventUpkeep> log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>True while the disk has so little room that notices for information are not stored.</summary>
    public bool IsDiskScarce { get; private set; }

    /// <summary>Does what is due; returns at once otherwise.</summary>
    public void Run(NoticeStorage storage, LimitsDefinition? configured)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now < _next)
        {
            return;
        }
        _next = now + Every;
        configured ??= new LimitsDefinition();
        var limits = new RetentionLimits { Days = configured.EventDays, Bytes = configured.EventBytes };
        DiskSpace disk = DiskSpace.Of(folder.Path);
        IsDiskScarce = disk.Free < limits.ScarceBytes;
        RetentionPlan plan = RetentionPlan.Make(EventRetention.Measure(folder.Events), limits, disk,
            DateOnly.FromDateTime(now.UtcDateTime));
        if (plan.EndOpenFile)
        {
            storage.EndFile();
        }
        int deleted = EventRetention.Apply(plan);
        if (deleted > 0)
        {
            log.LogInformation("Removed {Count} files of old notices.", deleted);
        }
        FinishClosed();
    }

    private void FinishClosed()
    {
        try
        {
            ClosedFiles.FinishOne(folder.Events);
        }
        catch (SqliteException error)
        {
            log.LogInformation("A closed file is in use and gets its indexes later: {Reason}", error.Message);
        }
    }
}
