using Microsoft.Win32.SafeHandles;

namespace Dataplane.Notices;

/// <summary>A file that whole lines are appended to, through one buffer; survives a full disk.</summary>
/// <remarks>
/// A line that the disk has no room for is lost and counted, never torn: what was written of it is cut off
/// again. Nothing is allocated per line. Threads: one.
/// </remarks>
public sealed class RecordFile : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly SafeFileHandle _file;
    private int _buffered;
    private uint _bufferedLines;

    private RecordFile(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
        Length = RandomAccess.GetLength(file);
    }

    public string Path { get; }

    /// <summary>Bytes that are in the file; the buffer's come on top.</summary>
    public long Length { get; private set; }

    public ulong Lines { get; private set; }

    /// <summary>Lines lost because the disk was full.</summary>
    public ulong LostLines { get; private set; }

    /// <summary>True when the last write found no room.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Makes an empty file in place of any old one.</summary>
    public static RecordFile Create(string path) =>
        new(path, File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read));

    /// <summary>Appends to the file; a torn last line is cut off first.</summary>
    public static RecordFile OpenOrCreate(string path)
    {
        var file = new RecordFile(
            path, File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
        file.CutTornLine();
        return file;
    }

    /// <summary>Appends one line, line feed included.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        if (_buffered + line.Length > BufferBytes)
        {
            Flush();
        }
        line.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += line.Length;
        _bufferedLines++;
    }

    /// <summary>Writes the buffer; false when the disk had no room,
    /// and its lines are lost, counted.</summary>
    public bool Flush()
    {
        if (_buffered == 0)
        {
            return !IsFull;
        }
        try
        {
            RandomAccess.Write(_file, _buffer.AsSpan(0, _buffered), Length);
            Length += _buffered;
            Lines += _bufferedLines;
            IsFull = false;
        }
        catch (IOException)
        {
            // The only errors of a plain write to an open file: no space, quota, or a failing disk.
            RandomAccess.SetLength(_file, Length);
            LostLines += _bufferedLines;
            IsFull = true;
        }
        _buffered = 0;
        _bufferedLines = 0;
        return !IsFull;
    }

    public void Dispose()
    {
        Flush();
        _file.Dispose();
    }

    private void CutTornLine()
    {
        Span<byte> block = stackalloc byte[4_096];
        long end = Length;
        while (end > 0)
        {
            long from = Math.Max(0, end - block.Length);
            int count = RandomAccess.Read(_file, block[..(int)(end - from)], from);
            int feed = block[..count].LastIndexOf((byte)'\n');
            if (feed >= 0)
            {
                end = from + feed + 1;
                break;
            }
            end = from;
        }
        if (end != Length)
        {
            RandomAccess.SetLength(_file, end);
            Length = end;
        }
    }
}
