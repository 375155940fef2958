using Dataplane.Chains;

namespace Dataplane.Notices;

/// <summary>The log files of the live dataplane, rotated and capped;
/// each is made when its first line comes.</summary>
/// <remarks>Threads: the notice thread.</remarks>
public sealed class RecordLogs : IDisposable
{
    private readonly RecordFormatter _formatter = new();
    private readonly string _folder;
    private readonly List<(LogTarget Target, RotatingLog Log)> _logs = [];
    private volatile LogLimits _limits;

    public RecordLogs(string folder, LogLimits limits)
    {
        PrivateFolder.Create(folder);
        (_folder, _limits) = (folder, limits);
    }

    /// <summary>Lines lost because the disk was full.</summary>
    public ulong LostLines
    {
        get
        {
            ulong lost = 0;
            foreach ((_, RotatingLog log) in _logs)
            {
                lost += log.LostLines;
            }
            return lost;
        }
    }

    /// <summary>True when a log's last write found no room on the disk.</summary>
    public bool IsFull
    {
        get
        {
            bool isFull = false;
            foreach ((_, RotatingLog log) in _logs)
            {
                isFull |= log.IsFull;
            }
            return isFull;
        }
    }

    /// <summary>Changes the cap of all logs from the next line on; may be called by another thread.</summary>
    public void Use(LogLimits limits) => _limits = limits;

    public void Write(
        in LogTarget target, RecordStream stream, ReadOnlySpan<byte> record, ReadOnlySpan<byte> tail,
        long nowUs)
    {
        RotatingLog log = LogOf(in target);
        log.Limits = _limits;
        log.RotateAs(in target);
        log.Write(_formatter.Format(stream, record, tail), nowUs);
    }

    /// <summary>Puts what is buffered into the files. Call a few times a second.</summary>
    public void Flush()
    {
        foreach ((_, RotatingLog log) in _logs)
        {
            log.Flush();
        }
    }

    public void Dispose()
    {
        foreach ((_, RotatingLog log) in _logs)
        {
            log.Dispose();
        }
        _formatter.Dispose();
    }

    private RotatingLog LogOf(in LogTarget target)
    {
        foreach ((LogTarget known, RotatingLog log) in _logs)
        {
            if (known.IsSameFile(in target))
            {
                return log;
            }
        }
        var made = new RotatingLog(_folder, target.Name, _limits);
        _logs.Add((target, made));
        return made;
    }
}
