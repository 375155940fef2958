using ControlApi.Dataplane;
using ControlApi.Notices;
using Dataplane.Contract.Shared;

namespace ControlApi.Status;

/// <summary>All counters that rates are formed from, as of one moment.</summary>
public sealed record StatsSnapshot(
    StatsHeader Header, DateTimeOffset Time, TotalsRow Totals, IReadOnlyList<PortRow> Ports,
    IReadOnlyList<WorkerRow> Workers, IReadOnlyList<NamedCountRow> Drops, IReadOnlyList<NfRow> Nfs,
    IReadOnlyList<EventRow> Events, long Notices, long Alerts)
{
    public static StatsSnapshot Take(StatsFile stats, StatsHeader header, NoticeCounters counters,
        TimeProvider clock)
        => new(header, clock.GetUtcNow(), stats.Totals,
            stats.Read<PortRow>(StatsLayout.Ports), stats.Read<WorkerRow>(StatsLayout.Workers),
            stats.Read<NamedCountRow>(StatsLayout.Drops), stats.Read<NfRow>(StatsLayout.Nfs),
            stats.Read<EventRow>(StatsLayout.Events), counters.Notices, counters.Alerts);
}
