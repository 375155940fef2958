using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>Counters of the whole dataplane.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TotalsRow
{
    public ulong Packets;
    public ulong Bytes;

    /// <summary>Flows in the table now, and the table's size.</summary>
    public ulong Flows;
    public ulong FlowsMax;

    /// <summary>Flows since the start, and flows refused because the table was full.</summary>
    public ulong FlowsStarted;
    public ulong FlowsRefused;
    public ulong ReassemblyBytes;
    public ulong ReassemblyBytesMax;

    /// <summary>Bytes handed to subscribers of streams, and bytes copied on the way.</summary>
    public ulong StreamBytes;
    public ulong StreamBytesCopied;

    public ulong NoticesSpooled;
    public ulong NoticesLost;

    /// <summary>Notices that found their worker's ring full before they had a sequence number.</summary>
    public ulong NoticesShed;
    public ulong SpoolBytes;
    public ulong SpoolBytesMax;

    /// <summary>1 when the spool's disk is full.</summary>
    public ulong SpoolFull;

    /// <summary>Ages of snapshots when subscribers on other workers read them; see the bounds.</summary>
    public ulong SnapshotAgeCount;
    public ulong SnapshotAgeNs;
    public AgeBuckets SnapshotAges;

    public ulong RulesLoaded;
    public ulong RulesRejected;

    /// <summary>Counts of ages up to 1 µs, 4 µs, 16 µs, 64 µs, 256 µs, 1 ms, 4 ms, and above.</summary>
    [InlineArray(8)]
    public struct AgeBuckets
    {
        private ulong _first;
    }
}
