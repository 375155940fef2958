namespace Dataplane.Native.Interfaces;

/// <summary>What an interface does to packets before or after the appliance sees them.</summary>
[Flags]
public enum InterfaceOffloads
{
    None = 0,

    /// <summary>The kernel joins received packets (GRO).</summary>
    GenericReceive = 1,

    /// <summary>The card joins received packets (LRO).</summary>
    LargeReceive = 2,

    /// <summary>The kernel hands over packets larger than the MTU (GSO).</summary>
    GenericSegmentation = 4,

    /// <summary>TCP hands over packets larger than the MTU (TSO).</summary>
    TcpSegmentation = 8,

    /// <summary>Checksums of packets that the host sends are left to the card.</summary>
    SendChecksum = 16,
}
