using Dataplane.Native.Dpdk;

namespace Dataplane.Ports;

/// <summary>A started device under the ports of its queues; closed by whoever releases it last.</summary>
/// <remarks>
/// Two revisions may have ports over one device for a moment; only the workers of one of them poll.
/// Threads: the control thread shares; ports are released where they are disposed.
/// </remarks>
internal sealed class SharedDevice(EthernetDevice device, int queueCount, Func<bool> isReplaced)
{
    private int _holderCount = queueCount;

    public EthernetDevice Device => device;

    public int QueueCount { get; } = queueCount;

    /// <summary>True when the interface under it is another one by now.</summary>
    public bool IsReplaced => isReplaced();

    public bool IsClosed => Volatile.Read(ref _holderCount) == 0;

    /// <summary>Takes the device for another port of each queue.</summary>
    public void Share() => Interlocked.Add(ref _holderCount, QueueCount);

    public void Release()
    {
        if (Interlocked.Decrement(ref _holderCount) == 0)
        {
            device.Dispose();
        }
    }
}
