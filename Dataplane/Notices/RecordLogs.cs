using Dataplane.Chains;

namespace Dataplane.Notices;

/// <summary>The log files of the live dataplane: eve.json, flows.json and tcp.json, rotated and capped.</summary>
/// <remarks>Files are made when their first line comes. Threads: the notice thread.</remarks>
public sealed class RecordLogs : IDisposable
{
    private readonly RecordFormatter _formatter = new();
    private readonly RotatingLog[] _logs;

    public RecordLogs(string folder, LogLimits limits)
    {
        PrivateFolder.Create(folder);
        _logs = [.. Enumerable.Range(0, RecordOutput.Count).Select(i =>
            new RotatingLog(folder, RecordOutput.FileName(i), limits))];
    }

    /// <summary>Lines lost because the disk was full.</summary>
    public ulong LostLines
    {
        get
        {
            ulong lost = 0;
            foreach (RotatingLog log in _logs)
            {
                lost += log.LostLines;
            }
            return lost;
        }
    }

    public bool IsFull => Array.Exists(_logs, static log => log.IsFull);

    /// <summary>Changes size and cap of all logs; takes effect with the next line.</summary>
    public void Use(LogLimits limits)
    {
        foreach (RotatingLog log in _logs)
        {
            log.Limits = limits;
        }
    }

    public void Write(RecordStream stream, ReadOnlySpan<byte> record, ReadOnlySpan<byte> tail, long nowUs) =>
        _logs[RecordOutput.IndexOf(stream)].Write(_formatter.Format(stream, record, tail), nowUs);

    /// <summary>Puts what is buffered into the files. Call a few times a second.</summary>
    public void Flush()
    {
        foreach (RotatingLog log in _logs)
        {
            log.Flush();
        }
    }

    public void Dispose()
    {
        foreach (RotatingLog log in _logs)
        {
            log.Dispose();
        }
        _formatter.Dispose();
    }
}
