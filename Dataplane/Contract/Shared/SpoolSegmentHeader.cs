using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>The first 128 bytes of a segment file.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct SpoolSegmentHeader
{
    [FieldOffset(0)] public ulong Magic;
    [FieldOffset(8)] public uint Version;
    [FieldOffset(12)] public uint HeaderBytes;
    [FieldOffset(16)] public ulong SegmentNumber;

    /// <summary>Sequence number of the first record, also while there is none.</summary>
    [FieldOffset(24)] public ulong FirstSequence;

    /// <summary>Microseconds since 1970, UTC.</summary>
    [FieldOffset(32)] public long CreatedAt;

    [FieldOffset(40)] public ulong SegmentBytes;

    /// <summary>Names the catalogue file that lies beside the segments.</summary>
    [FieldOffset(48)] public ulong CatalogHash;

    [FieldOffset(56)] public ushort Node;
    [FieldOffset(58)] public ushort NodeNameBytes;

    /// <summary>1 when the writer has gone on to the next segment.</summary>
    [FieldOffset(60)] public uint Closed;

    [FieldOffset(64)] public SharedName NodeName;
}
