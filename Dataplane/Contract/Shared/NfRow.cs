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

    /// <summary>Events that wait in its rings on their way to another core, and the most that did in one
    /// ring since the NF was made; 0 where it runs on its worker.</summary>
    public ulong QueuePackets;
    public ulong QueueHighWater;

    /// <summary>Room of all its rings together.</summary>
    public ulong QueueMax;

    /// <summary>Events that it missed because a ring was full (onFull shed), and times that a worker waited
    /// for room (onFull block).</summary>
    public ulong Shed;
    public ulong QueueWaits;
    public ulong NoticesPublished;
}
