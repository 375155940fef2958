using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>Counters of one NF instance, all workers together.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NfRow
{
    public SharedName Name;
    public SharedName Kind;
    public SharedName Chain;
    public uint Stage;

    /// <summary>0 runs, 1 taken out after faults (open), 2 taken out after faults (closed).</summary>
    public uint State;
    public ulong EventsHandled;
    public ulong Nanoseconds;
    public ulong Faults;
    public ulong VerdictsPass;
    public ulong VerdictsModified;
    public ulong VerdictsDropPacket;
    public ulong VerdictsDropFlow;
    public ulong VerdictsRejectFlow;

    /// <summary>Records that wait in its rings, and records shed because a ring was full.</summary>
    public ulong QueuePackets;
    public ulong Shed;
    public ulong NoticesPublished;
}
