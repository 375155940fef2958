using ControlApi.Contract.Live;
using ControlApi.Dataplane;
using ControlApi.Live;
using ControlApi.Notices;
using Dataplane.Contract.Shared;

namespace ControlApi.Status;

/// <summary>Once a second, forms rates from two looks at the stats segment and passes them on.</summary>
public sealed class LiveRates(
    StatsFile stats, LiveFeed feed, CatalogFiles catalogs, NoticeCounters counters, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private StatsSnapshot? _before;

    /// <summary>Busy ratio of each worker in the last second.</summary>
    public IReadOnlyList<double> Busy { get; private set; } = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Tick();
        }
    }

    private void Tick()
    {
        if (stats.Header is not { } header)
        {
            _before = null;
            return;
        }
        StatsSnapshot now = StatsSnapshot.Take(stats, header, counters, clock);
        if (_before is { } before && before.Header.StartedAt == header.StartedAt)
        {
            RatesMessage rates = new RateMaker(before, now, catalogs.Latest).Make();
            Busy = [.. rates.Workers.Select(w => w.Busy)];
            feed.Publish(rates);
        }
        _before = now;
    }
}
