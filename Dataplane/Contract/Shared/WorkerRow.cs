using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>Counters of one worker. Its busy ratio is the growth of BusyNs over that of TotalNs.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct WorkerRow
{
    /// <summary>-1 when it is not pinned.</summary>
    public int Core;
    public uint Sleeping;
    public ulong BusyNs;
    public ulong TotalNs;
    public ulong Packets;
    public ulong Bytes;
    public ulong Bursts;
    public ulong Flows;

    /// <summary>Packets that crossed to another worker, and rounds without receiving because the rings to a
    /// peer were full.</summary>
    public ulong PacketsHandedOver;
    public ulong RingOverflows;
}
