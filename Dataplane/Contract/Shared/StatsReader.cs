using System.IO.MemoryMappedFiles;

namespace Dataplane.Contract.Shared;

/// <summary>Reads the stats segment of another process without stopping it.</summary>
/// <remarks>
/// A dataplane that starts again makes a new file: open again when <see cref="Header"/> gets old.
/// </remarks>
public sealed class StatsReader : IDisposable
{
    /// <summary>Looks at one table before a writer that never leaves is taken for dead.</summary>
    private const int AttemptsMax = 10_000;

    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;

    private StatsReader(MemoryMappedFile mapping)
    {
        _mapping = mapping;
        _view = mapping.CreateViewAccessor(0, StatsLayout.Bytes, MemoryMappedFileAccess.Read);
    }

    public StatsHeader Header
    {
        get
        {
            _view.Read(0, out StatsHeader header);
            return header;
        }
    }

    /// <summary>The segment, or null when there is none of this version.</summary>
    public static StatsReader? Open(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length != StatsLayout.Bytes)
        {
            return null;
        }
        StatsReader reader;
        try
        {
            using FileStream file =
                new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            reader = new StatsReader(MemoryMappedFile.CreateFromFile(
                file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true));
        }
        catch (IOException)
        {
            return null; // removed between the two looks: the writer is starting again
        }
        StatsHeader header = reader.Header;
        if (header.Magic == StatsLayout.Magic && header.Version == StatsLayout.Version
            && header.SegmentBytes == StatsLayout.Bytes)
        {
            return reader;
        }
        reader.Dispose();
        return null;
    }

    /// <summary>A table's rows as of one moment.</summary>
    /// <exception cref="InvalidOperationException">The writer died while it wrote this table.</exception>
    public T[] Read<T>(StatsSection section)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(StatsLayout.SizeOf<T>(), section.RowBytes);
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            uint before = _view.ReadUInt32(section.Offset);
            Interlocked.MemoryBarrier();
            uint count = _view.ReadUInt32(section.Offset + StatsSection.CountOffset);
            if (before % 2 == 0 && count <= (uint)section.RowsMax)
            {
                var rows = new T[count];
                _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)section.RowsOffset, rows.AsSpan());
                Interlocked.MemoryBarrier();
                if (_view.ReadUInt32(section.Offset) == before)
                {
                    return rows;
                }
            }
            Thread.SpinWait(20);
        }
        throw new InvalidOperationException(
            "The dataplane died while it wrote its counters; they come back when it has started again.");
    }

    public void Dispose()
    {
        _view.Dispose();
        _mapping.Dispose();
    }
}
