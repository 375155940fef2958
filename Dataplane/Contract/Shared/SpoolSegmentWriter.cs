using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Text;

namespace Dataplane.Contract.Shared;

/// <summary>One mapped segment file that records are appended to.</summary>
/// <remarks>
/// Threads: one writer. A full disk shows in <see cref="Create"/>, which reserves the whole file, and
/// nowhere else.
/// Append allocates nothing.
/// </remarks>
public sealed class SpoolSegmentWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long _segmentBytes;
    private long _position = SpoolLayout.SegmentHeaderBytes;

    private SpoolSegmentWriter(FileStream file, long segmentBytes)
    {
        _file = file;
        _segmentBytes = segmentBytes;
        _mapping = MemoryMappedFile.CreateFromFile(
            file, null, segmentBytes, MemoryMappedFileAccess.ReadWrite, HandleInheritability.None,
                leaveOpen: true);
        _view = _mapping.CreateViewAccessor(0, segmentBytes, MemoryMappedFileAccess.ReadWrite);
    }

    public ulong Number { get; private init; }

    /// <summary>
    /// Makes a segment in the folder, whole and with its header, before any reader can see it.
    /// </summary>
    /// <exception cref="IOException">The disk is full, or the segment exists.</exception>
    public static SpoolSegmentWriter Create(
        string folder, ulong number, ulong firstSequence, ushort node, string nodeName, ulong catalogHash,
        long createdAt, int segmentBytes = SpoolLayout.SegmentBytes)
    {
        string path = Path.Combine(folder, SpoolLayout.SegmentFile(number));
        string unfinished = path + SpoolLayout.UnfinishedExtension;
        File.Delete(unfinished);
        var file = new FileStream(unfinished, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            PreallocationSize = segmentBytes,
        });
        try
        {
            file.SetLength(segmentBytes);
            var writer = new SpoolSegmentWriter(file, segmentBytes) { Number = number };
            writer.WriteHeader(firstSequence, node, nodeName, catalogHash, createdAt);
            File.Move(unfinished, path);
            return writer;
        }
        catch
        {
            file.Dispose();
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>
    /// Appends a record made by <see cref="SpoolEncoder.Encode"/> and commits it as that number.
    /// </summary>
    /// <returns>False when the segment has no room for it; nothing was written then.</returns>
    public bool TryAppend(ReadOnlySpan<byte> record, ulong sequence)
    {
        if (_position + record.Length > _segmentBytes)
        {
            return false;
        }
        ReadOnlySpan<byte> rest = SpoolEncoder.WithoutSequence(record);
        _view.SafeMemoryMappedViewHandle.WriteSpan((ulong)(_position + record.Length - rest.Length), rest);

        // Readers that see the number must see the record: everything above becomes visible first.
        Interlocked.MemoryBarrier();
        _view.Write(_position, sequence);
        _position += record.Length;
        return true;
    }

    /// <summary>Says that the writer goes on in the next segment. Call after that one was made.</summary>
    public void MarkClosed()
    {
        Interlocked.MemoryBarrier();
        _view.Write(Marshal.OffsetOf<SpoolSegmentHeader>(nameof(SpoolSegmentHeader.Closed)), 1u);
    }

    /// <summary>Asks the system to put on disk what a power loss would take.</summary>
    public void Flush() => _view.Flush();

    public void Dispose()
    {
        _view.Dispose();
        _mapping.Dispose();
        _file.Dispose();
    }

    private void WriteHeader(ulong firstSequence, ushort node, string nodeName, ulong catalogHash,
        long createdAt)
    {
        var header = new SpoolSegmentHeader
        {
            Magic = SpoolLayout.Magic,
            Version = SpoolLayout.Version,
            HeaderBytes = SpoolLayout.SegmentHeaderBytes,
            SegmentNumber = Number,
            FirstSequence = firstSequence,
            CreatedAt = createdAt,
            SegmentBytes = (ulong)_segmentBytes,
            CatalogHash = catalogHash,
            Node = node,
            NodeNameBytes = (ushort)Math.Min(Encoding.UTF8.GetByteCount(nodeName), SharedName.BytesMax),
            NodeName = SharedName.Of(nodeName),
        };
        _view.Write(0, ref header);
    }
}
