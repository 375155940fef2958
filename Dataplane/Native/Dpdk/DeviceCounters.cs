using System.Runtime.InteropServices;

namespace Dataplane.Native.Dpdk;

/// <summary>What the driver counted since the port was started; struct port_counters of the shim.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct DeviceCounters(
    ulong ReceivedPackets,
    ulong ReceivedBytes,
    ulong SentPackets,
    ulong SentBytes,
    ulong MissedPackets,
    ulong ReceiveErrors,
    ulong SendErrors,
    ulong NoBuffer);
