using Dataplane.Contract.Shared;

namespace Dataplane.Notices;

/// <summary>Where the spool lies, what it may take, and what its segments say of their origin.</summary>
public sealed record NoticeSpoolSettings
{
    public required string Folder { get; init; }

    /// <summary>16 bits that tell this appliance's notices from another's.</summary>
    public ushort Node { get; init; }

    public string NodeName { get; init; } = "";

    /// <summary>Names the catalogue file that renders the records.</summary>
    public ulong CatalogHash { get; init; }

    /// <summary>Bytes of all segments together.</summary>
    public long BytesMax { get; init; } = 1L << 30;

    public int SegmentBytes { get; init; } = SpoolLayout.SegmentBytes;
}
