namespace Dataplane.Contract.Configuration;

/// <summary>The kinds of port that a device field can name.</summary>
public enum DeviceKind
{
    Capture,
    Demo,
    AfPacket,
    AfXdp,
    Dpdk,
    Vdev,
    Tap,
}
