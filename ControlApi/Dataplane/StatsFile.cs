using Dataplane.Contract.Shared;

namespace ControlApi.Dataplane;

/// <summary>The stats segment as it is now; opens the new one when the dataplane has started again.</summary>
public sealed class StatsFile(ControlApiOptions options) : IDisposable
{
    private readonly string _path = Path.Combine(options.RunFolder, StatsLayout.File);
    private readonly Lock _inside = new();
    private StatsReader? _reader;
    private DateTime _opened;

    /// <summary>The header; null when there is no segment.</summary>
    public StatsHeader? Header
    {
        get
        {
            lock (_inside)
            {
                return Current()?.Header;
            }
        }
    }

    /// <summary>Counters of the whole dataplane; zeros when there is no segment.</summary>
    public TotalsRow Totals => Read<TotalsRow>(StatsLayout.Totals) is [var totals, ..] ? totals : default;

    /// <summary>Rows of a table; none when there is no segment, or its writer died in mid-write.</summary>
    public IReadOnlyList<T> Read<T>(StatsSection section)
        where T : unmanaged
    {
        lock (_inside)
        {
            try
            {
                return Current()?.Read<T>(section) ?? [];
            }
            catch (InvalidOperationException)
            {
                return []; // the monitor reports that the dataplane is gone
            }
        }
    }

    public void Dispose()
    {
        lock (_inside)
        {
            _reader?.Dispose();
            _reader = null;
        }
    }

    private StatsReader? Current()
    {
        // A dataplane that starts puts a new file in place of the old one.
        DateTime written = File.GetCreationTimeUtc(_path);
        if (_reader is null || written != _opened)
        {
            _reader?.Dispose();
            _reader = StatsReader.Open(_path);
            _opened = written;
        }
        return _reader;
    }
}
