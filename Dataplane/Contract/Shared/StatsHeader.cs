using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>The first bytes of the stats segment. The writer sets Magic last when it starts.</summary>
[StructLayout(LayoutKind.Explicit, Size = StatsLayout.HeaderBytes)]
public struct StatsHeader
{
    public const int MagicOffset = 0;
    public const int RevisionOffset = 40;
    public const int HeartbeatOffset = 48;

    [FieldOffset(MagicOffset)] public ulong Magic;
    [FieldOffset(8)] public uint Version;
    [FieldOffset(12)] public uint SegmentBytes;
    [FieldOffset(16)] public int ProcessId;

    /// <summary>Microseconds since 1970, UTC.</summary>
    [FieldOffset(24)] public long StartedAt;

    /// <summary>Revision that runs; 0 for none.</summary>
    [FieldOffset(RevisionOffset)] public ulong Revision;

    /// <summary>When the writer last wrote, microseconds since 1970, UTC.</summary>
    [FieldOffset(HeartbeatOffset)] public long Heartbeat;
}
