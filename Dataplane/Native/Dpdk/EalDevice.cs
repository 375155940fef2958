namespace Dataplane.Native.Dpdk;

/// <summary>What DPDK calls a device: bus ("vdev", "pci"), name, and the driver's arguments.</summary>
public sealed record EalDevice(string Bus, string Name, string Arguments);
