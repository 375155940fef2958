using System.Globalization;
using System.Text.RegularExpressions;

namespace Dataplane.Notices;

/// <summary>A log that is put aside by size and age;
/// of those put aside the oldest go when a cap is reached.</summary>
/// <remarks>Allocates only when it goes on in a new file. Threads: the notice thread.</remarks>
public sealed partial class RotatingLog(string folder, string name, LogLimits limits) : IDisposable
{
    private const long RetryUs = 1_000_000;

    private readonly string _path = Path.Combine(folder, name);
    private RecordFile? _file;
    private long _openedUs;
    private long _retryUs;
    private ulong _lostBefore;
    private long _rotateBytes;
    private int _keepFiles;

    public LogLimits Limits { get; set; } = limits;

    private long FileBytesMax => _rotateBytes == 0 ? Limits.FileBytesMax : _rotateBytes;

    private int FilesMax => _keepFiles == 0 ? Limits.FilesMax : _keepFiles;

    /// <summary>What the writing NF says of this file goes before the appliance's limits.</summary>
    public void RotateAs(in LogTarget target) =>
        (_rotateBytes, _keepFiles) = (target.RotateBytes, target.KeepFiles);

    /// <summary>Lines lost because the disk was full.</summary>
    public ulong LostLines => _lostBefore + (_file?.LostLines ?? 0);

    public bool IsFull { get; private set; }

    /// <summary>Appends one line, line feed included.</summary>
    public void Write(ReadOnlySpan<byte> line, long nowUs)
    {
        if (_file is not null && IsDue(nowUs))
        {
            PutAside(nowUs);
        }
        if (_file is null && !TryOpen(nowUs))
        {
            _lostBefore++;
            return;
        }
        _file!.Write(line);
    }

    public void Flush()
    {
        if (_file is not null)
        {
            IsFull = !_file.Flush();
        }
    }

    public void Dispose() => _file?.Dispose();

    private bool IsDue(long nowUs) => _file!.Length >= FileBytesMax
        || (_file.Length > 0 && nowUs - _openedUs >= Limits.FileSecondsMax * 1_000_000);

    private bool TryOpen(long nowUs)
    {
        if (nowUs < _retryUs)
        {
            return false;
        }
        try
        {
            _file = RecordFile.OpenOrCreate(_path);
            _openedUs = nowUs;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full disk has no room for a directory entry either; lines are counted until it has.
            IsFull = true;
            _retryUs = nowUs + RetryUs;
            return false;
        }
    }

    private void PutAside(long nowUs)
    {
        Flush();
        _lostBefore += _file!.LostLines;
        _file.Dispose();
        _file = null;
        string stamp = DateTime.UnixEpoch.AddTicks(nowUs * 10)
            .ToString("yyyyMMdd'T'HHmmssffffff", CultureInfo.InvariantCulture);
        string aside = Path.Combine(
            folder, $"{Path.GetFileNameWithoutExtension(name)}-{stamp}{Path.GetExtension(name)}");
        File.Move(_path, aside, overwrite: true);
        Trim();
    }

    /// <summary>Removes files put aside, oldest first,
    /// until this log and all logs have room for one more.</summary>
    private void Trim()
    {
        List<FileInfo> aside = [.. new DirectoryInfo(folder).GetFiles()
            .Where(f => Stamp().IsMatch(f.Name))
            .OrderBy(f => Stamp().Match(f.Name).Value, StringComparer.Ordinal)];
        List<FileInfo> ownAside = aside.FindAll(f => Stamp().Replace(f.Name, "") == name);
        foreach (FileInfo file in ownAside.Take(ownAside.Count - (FilesMax - 1)))
        {
            aside.Remove(file);
            file.Delete();
        }
        long bytes = new DirectoryInfo(folder).GetFiles().Sum(f => f.Length);
        foreach (FileInfo file in aside.TakeWhile(f => bytes + FileBytesMax > Limits.BytesMax))
        {
            bytes -= file.Length;
            file.Delete();
        }
    }

    [GeneratedRegex(@"-[0-9]{8}T[0-9]{12}(?=(\.[^.]*)?$)")]
    private static partial Regex Stamp();
}
