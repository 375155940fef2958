using Dataplane.Chains;
using Dataplane.Contract.Configuration;
using Dataplane.Engine;
using Dataplane.Notices;

namespace Dataplane.Control;

/// <summary>The rings of all workers: made when a worker is first planned,
/// kept as long as the process lives.</summary>
/// <remarks>Threads: made under a lock; the control thread looks through them without one.</remarks>
public sealed class EngineSinks : IEngineSinks, IDisposable
{
    private readonly SpoolSink?[] _notices = new SpoolSink?[WorkersDefinition.CountMax];
    private readonly LiveRecordSink?[] _records = new LiveRecordSink?[WorkersDefinition.CountMax];
    private readonly Lock _making = new();
    private uint _revision;

    /// <inheritdoc/>
    public BusyMarks? Marks { get; init; }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Suspended { get; init; } = [];

    public INoticeSink NoticesOf(byte worker)
    {
        lock (_making)
        {
            if (_notices[worker] is not { } sink)
            {
                sink = new SpoolSink();
                sink.Use(_revision);
                Volatile.Write(ref _notices[worker], sink);
            }
            return sink;
        }
    }

    public IRecordSink RecordsOf(byte worker)
    {
        lock (_making)
        {
            if (_records[worker] is not { } sink)
            {
                sink = new LiveRecordSink();
                Volatile.Write(ref _records[worker], sink);
            }
            return sink;
        }
    }

    /// <summary>The sink of a worker, or null when it has never run.</summary>
    public SpoolSink? SpoolSinkOf(int worker) => Volatile.Read(ref _notices[worker]);

    /// <summary>The revision that notices are marked with from now on.</summary>
    public void Use(uint revision)
    {
        lock (_making)
        {
            _revision = revision;
            foreach (SpoolSink? sink in _notices)
            {
                sink?.Use(revision);
            }
        }
    }

    /// <summary>Empties the rings by up to <paramref name="most"/> entries each;
    /// answers how many notices.</summary>
    public int DrainNotices(NoticeSpool spool, int most, long nowUs)
    {
        int count = 0;
        for (int worker = 0; worker < _notices.Length; worker++)
        {
            count += SpoolSinkOf(worker)?.Drain(spool, most, nowUs) ?? 0;
        }
        return count;
    }

    /// <inheritdoc cref="DrainNotices"/>
    public int DrainRecords(RecordLogs logs, int most, long nowUs)
    {
        int count = 0;
        for (int worker = 0; worker < _records.Length; worker++)
        {
            count += Volatile.Read(ref _records[worker])?.Drain(logs, most, nowUs) ?? 0;
        }
        return count;
    }

    /// <summary>Notices that found their worker's ring full.</summary>
    public ulong NoticesShed
    {
        get
        {
            ulong shed = 0;
            for (int worker = 0; worker < _notices.Length; worker++)
            {
                shed += SpoolSinkOf(worker)?.ShedCount ?? 0;
            }
            return shed;
        }
    }

    public void Dispose()
    {
        foreach (SpoolSink? sink in _notices)
        {
            sink?.Dispose();
        }
        foreach (LiveRecordSink? sink in _records)
        {
            sink?.Dispose();
        }
    }
}
