using System.Runtime.InteropServices;

namespace Dataplane.Contract.Shared;

/// <summary>Counters of one port.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PortRow
{
    public SharedName Id;
    public ulong ReceivedPackets;
    public ulong ReceivedBytes;
    public ulong SentPackets;
    public ulong SentBytes;

    /// <summary>Packets the port lost before a worker saw them, and packets it could not send.</summary>
    public ulong ReceiveDrops;
    public ulong SendDrops;
    public ulong Errors;

    /// <summary>1 when packets can pass.</summary>
    public uint Up;

    /// <summary>0 when unknown.</summary>
    public uint LinkMegabitsPerSecond;
}
