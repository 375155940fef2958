using Dataplane.Contract.Shared;
using Dataplane.Native.Memory;

namespace Dataplane.Notices;

/// <summary>One mapped segment file of the spool: reserved first, opened when its turn comes,
/// filled in place.</summary>
/// <remarks>
/// Readers see it from <see cref="Open"/> on. All its blocks are reserved, so a full disk shows in
/// <see cref="TryReserve"/> and nowhere else. Threads: the notice thread.
/// </remarks>
internal sealed class SpoolSegment : IDisposable
{
    private readonly SharedFile _file;
    private readonly string _path;
    private int _position = SpoolLayout.SegmentHeaderBytes;

    private SpoolSegment(SharedFile file, ulong number, string path)
    {
        _file = file;
        Number = number;
        _path = path;
    }

    public ulong Number { get; }

    public int FreeBytes => (int)_file.Length - _position;

    /// <summary>True when something was written since the last <see cref="Flush"/>.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Takes the disk blocks of a segment, under a name that readers pass over.</summary>
    public static SharedFileOutcome TryReserve(string folder, ulong number, int bytes,
        out SpoolSegment? segment)
    {
        segment = null;
        string path = Path.Combine(folder, SpoolLayout.SegmentFile(number));
        string unfinished = path + SpoolLayout.UnfinishedExtension;
        File.Delete(unfinished); // left behind by a process that was killed
        SharedFileOutcome outcome = SharedFile.TryCreate(unfinished, bytes, out SharedFile? file);
        if (file is not null)
        {
            segment = new SpoolSegment(file, number, path);
        }
        return outcome;
    }

    /// <summary>Writes the header and lets readers see the segment.</summary>
    public void Open(SpoolSegmentHeader header)
    {
        header.Magic = SpoolLayout.Magic;
        header.Version = SpoolLayout.Version;
        header.HeaderBytes = SpoolLayout.SegmentHeaderBytes;
        header.SegmentNumber = Number;
        header.SegmentBytes = (ulong)_file.Length;
        _file.At<SpoolSegmentHeader>(0) = header;
        Interlocked.MemoryBarrier();
        File.Move(_path + SpoolLayout.UnfinishedExtension, _path, overwrite: true);
        IsDirty = true;
    }

    /// <summary>Where the next record is laid out; at most <see cref="FreeBytes"/>.</summary>
    public Span<byte> Room(int bytes) => _file.Bytes(_position, bytes);

    /// <summary>Makes the record in <see cref="Room"/> visible: everything before, then its number.</summary>
    public void Commit(int bytes, ulong sequence)
    {
        _file.WriteUInt64(_position, sequence);
        _position += bytes;
        IsDirty = true;
    }

    /// <summary>Says that the spool goes on in the next segment, which exists already.</summary>
    public void Close()
    {
        Interlocked.MemoryBarrier();
        _file.At<SpoolSegmentHeader>(0).Closed = 1;
        IsDirty = true;
    }

    /// <summary>Puts on disk what a power loss would take.</summary>
    public SharedFileOutcome Flush()
    {
        IsDirty = false;
        return _file.Flush();
    }

    public void Dispose() => _file.Dispose();
}
