using System.IO.MemoryMappedFiles;

namespace Dataplane.Contract.Shared;

/// <summary>Writes the stats segment. Allocates nothing after <see cref="Create"/>.</summary>
/// <remarks>Threads: one, the control thread.</remarks>
public sealed class StatsWriter : IDisposable
{
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;

    private StatsWriter(MemoryMappedFile mapping)
    {
        _mapping = mapping;
        _view = mapping.CreateViewAccessor(0, StatsLayout.Bytes, MemoryMappedFileAccess.ReadWrite);
    }

    /// <summary>Puts a new file in place of an old one, so readers of the old never see a mixture.</summary>
    public static StatsWriter Create(string path, int processId, long startedAt)
    {
        string unfinished = path + ".new";
        File.Delete(unfinished);
        using (var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            // Written, not only sized: a full disk must show here, not as a fault at the first counter.
            file.Write(new byte[StatsLayout.Bytes]);
        }
        var writer = new StatsWriter(MemoryMappedFile.CreateFromFile(unfinished, FileMode.Open, null,
            StatsLayout.Bytes, MemoryMappedFileAccess.ReadWrite));
        var header = new StatsHeader
        {
            Magic = StatsLayout.Magic,
            Version = StatsLayout.Version,
            SegmentBytes = (uint)StatsLayout.Bytes,
            ProcessId = processId,
            StartedAt = startedAt,
            Heartbeat = startedAt,
        };
        writer._view.Write(0, ref header);
        File.Move(unfinished, path, overwrite: true);
        return writer;
    }

    /// <summary>Replaces a table's rows under its lock. Rows beyond the table's size are left out.</summary>
    public void Write<T>(StatsSection section, ReadOnlySpan<T> rows)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(StatsLayout.SizeOf<T>(), section.RowBytes);
        ReadOnlySpan<T> fitting = rows[..Math.Min(rows.Length, section.RowsMax)];
        uint sequence = _view.ReadUInt32(section.Offset);
        _view.Write(section.Offset, sequence + 1); // odd: a writer is inside
        Interlocked.MemoryBarrier();
        _view.Write(section.Offset + StatsSection.CountOffset, (uint)fitting.Length);
        _view.SafeMemoryMappedViewHandle.WriteSpan((ulong)section.RowsOffset, fitting);
        Interlocked.MemoryBarrier();
        _view.Write(section.Offset, sequence + 2);
    }

    public void SetRevision(uint revision) => _view.Write(StatsHeader.RevisionOffset, (ulong)revision);

    /// <summary>Tells readers that the writer lives. Call at least once a second.</summary>
    public void Beat(long now) => _view.Write(StatsHeader.HeartbeatOffset, now);

    public void Dispose()
    {
        _view.Dispose();
        _mapping.Dispose();
    }
}
