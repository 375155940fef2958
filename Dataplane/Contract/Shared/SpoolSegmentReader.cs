using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>Reads one segment in place, from its first record on.</summary>
internal sealed class SpoolSegmentReader : IDisposable
{
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte[] _record = new byte[SpoolLayout.RecordBytesMax];
    private readonly long _end;
    private long _position = SpoolLayout.SegmentHeaderBytes;

    private SpoolSegmentReader(
        MemoryMappedFile mapping, MemoryMappedViewAccessor view, SpoolSegmentHeader header, long length)
    {
        _end = Math.Min((long)header.SegmentBytes, length); // a file cut short keeps what is before the cut
        _mapping = mapping;
        _view = view;
        Header = header;
        NodeName = header.NodeName.ToString();
    }

    public enum Step
    {
        /// <summary>A whole record was read.</summary>
        Record,

        /// <summary>Nothing is committed behind the last record.</summary>
        End,

        /// <summary>A record failed its checksum and was passed over.</summary>
        Corrupt,

        /// <summary>
        /// The bytes at this place cannot be a record; the rest of the segment cannot be read.
        /// </summary>
        Lost,
    }

    public SpoolSegmentHeader Header { get; }

    public string NodeName { get; }

    public bool IsClosed => _view.ReadUInt32(Marshal.OffsetOf<SpoolSegmentHeader>(
        nameof(SpoolSegmentHeader.Closed)).ToInt64()) != 0;

    /// <summary>The segment, or null when the file is none (wrong magic, version or length).</summary>
    public static SpoolSegmentReader? Open(string path)
    {
        using FileStream file =
            new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        long length = file.Length;
        if (length < SpoolLayout.SegmentHeaderBytes)
        {
            return null;
        }
        MemoryMappedFile mapping = MemoryMappedFile.CreateFromFile(
            file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        view.Read(0, out SpoolSegmentHeader header);
        if (header.Magic == SpoolLayout.Magic && header.Version == SpoolLayout.Version
            && header.SegmentBytes <= int.MaxValue && header.HeaderBytes == SpoolLayout.SegmentHeaderBytes)
        {
            return new SpoolSegmentReader(mapping, view, header, length);
        }
        view.Dispose();
        mapping.Dispose();
        return null;
    }

    /// <summary>
    /// Reads the next record; <paramref name="sequence"/> is its number, also when it is corrupt.
    /// </summary>
    public Step Read(out ReadOnlySpan<byte> record, out ulong sequence)
    {
        record = default;
        sequence = 0;
        if (_position + SpoolLayout.RecordHeaderBytes > _end)
        {
            return Step.End;
        }
        sequence = _view.ReadUInt64(_position);
        Interlocked.MemoryBarrier();
        if (sequence == 0)
        {
            return Step.End;
        }
        uint bytes = _view.ReadUInt32(_position + Marshal.OffsetOf<SpoolRecordHeader>(
            nameof(SpoolRecordHeader.RecordBytes)).ToInt64());
        if (bytes < SpoolLayout.RecordHeaderBytes || bytes > SpoolLayout.RecordBytesMax
            || bytes % SpoolLayout.RecordAlignmentBytes != 0 || _position + bytes > _end)
        {
            return Step.Lost;
        }
        Span<byte> copy = _record.AsSpan(0, (int)bytes);
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)_position, copy);
        _position += bytes;
        SpoolRecordHeader header = MemoryMarshal.Read<SpoolRecordHeader>(copy);
        record = copy;
        return header.Checksum == SpoolEncoder.Checksum(copy, sequence)
            && new SpoolRecord(copy, 0, "").IsWhole ? Step.Record : Step.Corrupt;
    }

    public void Dispose()
    {
        _view.Dispose();
        _mapping.Dispose();
    }
}
