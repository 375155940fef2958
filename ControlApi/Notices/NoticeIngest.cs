using ControlApi.Configuration;
using ControlApi.Contract.Notices;
using ControlApi.Live;
using ControlApi.Status;
using Dataplane.Contract.Shared;
using Persistence;
using Persistence.Stores;

namespace ControlApi.Notices;

/// <summary>Reads the spool, stores what it finds, and tells those who listen.</summary>
public sealed class NoticeIngest : BackgroundService
{
    private const int BatchMax = 1_000;
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    private readonly NoticeStorage _storage;
    private readonly LiveFeed _feed;
    private readonly CatalogFiles _catalogs;
    private readonly NoticeCounters _counters;
    private readonly ILogger<NoticeIngest> _log;
    private readonly TimeProvider _clock;
    private readonly EventUpkeep _upkeep;
    private readonly ConfigurationService _configuration;
    private readonly WakeSocket _wake;
    private readonly string _spool;
    private SpoolReader _reader;

    public NoticeIngest(
        DataFolder folder, DataLock held, ControlApiOptions options, LiveFeed feed, CatalogFiles catalogs,
        NoticeCounters counters, EventUpkeep upkeep, ConfigurationService configuration, TimeProvider clock,
            ILogger<NoticeIngest> log)
    {
        _storage = new NoticeStorage(folder, held);
        _feed = feed;
        _catalogs = catalogs;
        _counters = counters;
        _upkeep = upkeep;
        _configuration = configuration;
        _log = log;
        _clock = clock;
        _spool = Path.Combine(folder.Path, SpoolLayout.Folder);
        Directory.CreateDirectory(_spool);
        _wake = new WakeSocket(options.RunFolder);
        _reader = new SpoolReader(_spool, _storage.StoredThrough);
        feed.StartAt(_storage.EventMark, new EventSearch(folder).FindOne((long)_storage.EventMark) is { } last
            ? NoticeJson.Read(last.Document).Id : null);
    }

    public override void Dispose()
    {
        base.Dispose();
        _reader.Dispose();
        _storage.Dispose();
        _wake.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (TakeBatch())
                {
                    stoppingToken.ThrowIfCancellationRequested();
                }
                _upkeep.Run(_storage, _configuration.Active?.Document.Limits);
                await _wake.WaitAsync(stoppingToken);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                _counters.StorageFault = error.Message;
                _log.LogError(error, "Notices could not be stored; trying again. The spool keeps them.");
                StartAgain();
                await Task.Delay(RetryPause, _clock, stoppingToken);
            }
        }
    }

    /// <summary>Reads from behind what is stored for certain.</summary>
    private void StartAgain()
    {
        _reader.Dispose();
        _reader = new SpoolReader(_spool, _storage.StoredThrough);
    }

    /// <summary>Stores one batch; false when the spool has nothing more.</summary>
    private bool TakeBatch()
    {
        var batch = new List<ArrivedNotice>();
        long started = _clock.GetTimestamp();
        bool isMore = true;
        while (batch.Count < BatchMax && _clock.GetElapsedTime(started) < BatchTime)
        {
            if (!_reader.TryRead(out SpoolRecord record))
            {
                isMore = false;
                break;
            }
            batch.Add(Render(record));
        }
        IReadOnlyList<ArrivedNotice> fresh = _storage.Store(batch, _upkeep.IsDiskScarce);
        if (batch.Count > 0)
        {
            _counters.Count(fresh);
            _feed.Publish(fresh);
            _reader.DeleteThrough(_storage.StoredThrough);
        }
        _counters.Corrupt = _reader.CorruptCount;
        _counters.StorageFault = null;
        return isMore;
    }

    private ArrivedNotice Render(in SpoolRecord record)
    {
        SpoolCatalog catalog = _catalogs.Get(record.CatalogHash);
        Notice notice;
        try
        {
            notice = NoticeRenderer.Render(record, catalog);
        }
        catch (Exception error)
        {
            // One record that cannot be rendered must not hold up all behind it; its header is still good.
            _log.LogError(error, "Notice {Sequence} has a body that cannot be read.", record.Header.Sequence);
            notice = NoticeRenderer.Render(record, SpoolCatalog.Empty);
        }
        bool isAlert = catalog.IsAlert(catalog.Find(record.Header.Type), notice.Type);
        return new ArrivedNotice(notice, NoticeJson.Write(notice), isAlert,
            record.Packet.IsEmpty ? null : record.Packet.ToArray());
    }
}
