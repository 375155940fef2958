using Dataplane.Contract.Configuration;
using Dataplane.Native.Dpdk;
using Dataplane.Native.Interfaces;
using Dataplane.Packets;
using Dataplane.Time;

namespace Dataplane.Ports;

/// <summary>
/// Opens the ports that a configuration names. What cannot be opened is a fault with its remedy.
/// </summary>
/// <remarks>
/// DPDK is started, and its packet buffers are made, when the first port needs them; captures never do.
/// Threads:  the control thread. Lifetime: disposed after every port that it opened.
/// </remarks>
public sealed class PortFactory(PortFactory.Options options) : IDisposable
{
    public sealed record Options
    {
        /// <summary>Tells appliances on one machine apart for DPDK: letters, digits and dashes.</summary>
        public required string FilePrefix { get; init; }

        /// <summary>Where the captures of the port "demo" lie.</summary>
        public required string DemoFolder { get; init; }

        /// <summary>Packet buffers that all DPDK ports share; 2^n - 1 uses memory best.</summary>
        public uint BufferCount { get; init; } = 16_383;

        /// <summary>Memory of DPDK where there are no huge pages.</summary>
        public int MemoryMebibytes { get; init; } = 256;
    }

    /// <summary>Frames of af_packet's ring.</summary>
    private const int RingFrames = 2_048;

    private readonly Dictionary<string, SharedDevice> _devices = new(StringComparer.Ordinal);
    private Mempool? _pool;

    /// <summary>Opens one port for as many workers as there are clocks.</summary>
    /// <param name="port">What the document says.</param>
    /// <param name="index">Its place among the document's ports.</param>
    /// <param name="folder">Where relative names of captures begin.</param>
    /// <param name="clocks">One per worker, in order.</param>
    /// <param name="fault">What is wrong and what puts it right; null when the port is open.</param>
    public OpenedPort? Open(
        PortDefinition port, int index, string folder, IReadOnlyList<Clock> clocks, out ConfigFault? fault)
    {
        string path = $"/ports/{index}/device";
        if (!DeviceName.TryParse(port.Device, out DeviceName device, out string? reason))
        {
            fault = new ConfigFault(path, "bad-device", reason, "See the device field's description.");
            return null;
        }
        if (device.Kind is DeviceKind.Capture or DeviceKind.Demo)
        {
            return OpenReplay(port, index, folder, device, clocks[0], out fault);
        }
        fault = FindFault(path, port, device);
        if (fault is not null)
        {
            return null;
        }
        SharedDevice? shared = OpenDevice(port.Device, device, clocks.Count, out string error);
        if (shared is null)
        {
            fault = new ConfigFault(path, "port-failed", error, RemedyOf(device));
            return null;
        }
        IReadOnlyList<IPort> queues =
        [
            .. clocks.Take(shared.QueueCount).Select((clock, queue) =>
                new DpdkPort(port.Id, port.Device, (byte)index, shared, _pool!, queue, clock)),
        ];
        return new OpenedPort(queues, () => StateOf(device, shared.Device))
        {
            IsReplaced = () => shared.IsReplaced,
        };
    }

    public void Dispose()
    {
        _pool?.Dispose();
        _pool = null;
    }

    private OpenedPort? OpenReplay(
        PortDefinition port, int index, string folder, DeviceName device, Clock clock, out ConfigFault? fault)
    {
        try
        {
            string[] files = device.Kind == DeviceKind.Demo
                ? [.. Directory.EnumerateFiles(options.DemoFolder, "*.pcap").Order(StringComparer.Ordinal)]
                : [Path.Combine(folder, device.Argument)];
            fault = null;
            ReplayPort replay = ReplayPort.Open(
                port.Id, port.Device, (byte)index, files, clock, ReplayAddresses.MovedEachLoop);
            return new OpenedPort([replay], () => new PortState(true, []));
        }
        catch (Exception cause) when (cause is CaptureException or IOException or UnauthorizedAccessException)
        {
            fault = new ConfigFault(
                $"/ports/{index}/device",
                "capture-failed",
                cause.Message,
                "Name a capture that can be read.");
            return null;
        }
    }

    /// <summary>Opens a device, or shares one that the running revision has open.</summary>
    /// <remarks>Opened twice, its second rings would fill with packets that are forwarded already.</remarks>
    private SharedDevice? OpenDevice(string text, DeviceName device, int queueCount, out string error)
    {
        if (_devices.TryGetValue(text, out SharedDevice? shared) && !shared.IsClosed && !shared.IsReplaced)
        {
            // Fewer queues than workers do: these hand packets over to one another.
            bool isShareable = shared.QueueCount < queueCount && device.Kind != DeviceKind.AfPacket;
            if (shared.QueueCount == queueCount || isShareable)
            {
                error = "";
                shared.Share();
                return shared;
            }
            if (device.Kind != DeviceKind.AfPacket)
            {
                error =
                    $"{text} is open for {shared.QueueCount} workers; restart the appliance to change that";
                return null;
            }
        }
        if (!TryPrepare(out error))
        {
            return null;
        }
        if (!EthernetDevice.TryOpen(
            EalDeviceOf(device, queueCount), queueCount, _pool!, out EthernetDevice? opened, out error))
        {
            // One queue serves any number of workers: they hand packets over to one another.
            queueCount = queueCount > 1 && device.Kind is (DeviceKind.Tap or DeviceKind.Vdev) ? 1 : 0;
            if (queueCount == 0 || !EthernetDevice.TryOpen(
                EalDeviceOf(device, queueCount), queueCount, _pool!, out opened, out error))
            {
                return null;
            }
        }
        if (device.Kind == DeviceKind.AfPacket)
        {
            Discard(opened!, queueCount);
        }
        shared = new SharedDevice(opened!, queueCount, ReplacementOf(device));
        _devices[text] = shared;
        return shared;
    }

    /// <summary>A packet socket takes frames of every interface until it is bound to one: what lies in its
    /// ring when it is open may be another port's.</summary>
    private static void Discard(EthernetDevice device, int queueCount)
    {
        var frames = new Mbuf[PacketBurst.CapacityMax];
        uint spoiled = 0;
        for (int queue = 0; queue < queueCount; queue++)
        {
            int left = RingFrames;
            int count;
            do
            {
                count = device.Receive(queue, frames, ref spoiled);
                Mempool.Free(frames.AsSpan(0, count));
                left -= count;
            }
            while (count > 0 && left > 0);
        }
    }

    /// <summary>The kernel numbers interfaces anew when they are made anew; a socket stays with the old
    /// number.</summary>
    private static Func<bool> ReplacementOf(DeviceName device)
    {
        if (device.Kind is not (DeviceKind.AfPacket or DeviceKind.AfXdp))
        {
            return () => false;
        }
        int opened = NetworkInterface.Find(device.Argument)?.Index ?? 0;
        return () => NetworkInterface.Find(device.Argument) is { } found && found.Index != opened;
    }

    private bool TryPrepare(out string error)
    {
        error = "";
        if (_pool is not null)
        {
            return true;
        }
        EalOptions ealOptions = new()
        {
            FilePrefix = options.FilePrefix,
            MemoryMebibytes = options.MemoryMebibytes,
        };
        return Eal.TryStart(ealOptions, out error)
            && Mempool.TryCreate(options.BufferCount, out _pool, out error);
    }

    private static EalDevice EalDeviceOf(DeviceName device, int queueCount)
    {
        // Names of their own: a new revision opens its ports before the old one has closed its.
        string name = device.Argument;
        return device.Kind switch
        {
            DeviceKind.AfPacket => new EalDevice(
                "vdev", Eal.NewName("net_af_packet"), AfPacketArguments(name, queueCount)),
            DeviceKind.AfXdp => new EalDevice(
                "vdev", Eal.NewName("net_af_xdp"), $"iface={name},start_queue=0,queue_count={queueCount}"),
            DeviceKind.Tap => new EalDevice("vdev", Eal.NewName("net_tap"), $"iface={name}"),
            DeviceKind.Dpdk => new EalDevice("pci", name, ""),
            _ => name.Split(',', 2) is [string driver, string arguments]
                ? new EalDevice("vdev", driver, arguments)
                : new EalDevice("vdev", name, ""),
        };
    }

    /// <summary>Rings of 2,048 frames: 4 MiB each way and queue, 1.7 ms of a full 10 Gbit/s link.</summary>
    private static string AfPacketArguments(string name, int queueCount) =>
        $"iface={name},qpairs={queueCount},blocksz=65536,framesz=2048,framecnt={RingFrames}";

    private static ConfigFault? FindFault(string path, PortDefinition port, DeviceName device)
    {
        if (!ProcessRights.MayOpenInterfaces)
        {
            return new ConfigFault(
                path,
                "port-not-allowed",
                $"The port {port.Id} opens {port.Device}, which this user may not; only demo and "
                + "capture: need no rights.",
                "Run sudo installer/appliance up, or sudo setcap cap_net_raw,cap_net_admin+ep "
                + $"{Environment.ProcessPath}.");
        }
        if (device.Kind == DeviceKind.Dpdk && !Directory.Exists($"/sys/bus/pci/devices/{device.Argument}"))
        {
            return new ConfigFault(
                path,
                "no-card",
                $"There is no PCI card {device.Argument}.",
                "dpdk-devbind.py --status lists the cards and their addresses.");
        }
        if (device.Kind is not (DeviceKind.AfPacket or DeviceKind.AfXdp))
        {
            return null;
        }
        NetworkInterface? found = NetworkInterface.Find(device.Argument);
        if (found is null)
        {
            return new ConfigFault(
                path,
                "no-interface",
                $"There is no network interface {device.Argument}.",
                "ip link lists them.");
        }
        return found.Mtu <= InterfaceWarnings.MtuMax ? null : new ConfigFault(
            path,
            "mtu-too-large",
            $"{found.Name} has an MTU of {found.Mtu}, and up to {InterfaceWarnings.MtuMax} are taken.",
            $"Run ip link set dev {found.Name} mtu 1500.");
    }

    private static string RemedyOf(DeviceName device) => device.Kind switch
    {
        DeviceKind.AfXdp => $"Use af_packet:{device.Argument}, which every kernel has.",
        DeviceKind.Dpdk => $"Bind the card to vfio-pci: dpdk-devbind.py --bind=vfio-pci {device.Argument}.",
        DeviceKind.Vdev => "See the driver's page in DPDK's guide for its name and arguments.",
        _ => "Run installer/appliance doctor.",
    };

    // The kernel knows more than the drivers do: those keep their last answer when an interface is gone.
    private static PortState StateOf(DeviceName device, EthernetDevice opened)
    {
        if (device.Kind is not (DeviceKind.AfPacket or DeviceKind.AfXdp))
        {
            return new PortState(opened.IsLinkUp, []);
        }
        NetworkInterface? found = NetworkInterface.Find(device.Argument);
        return new PortState(
            found is { IsUp: true, HasLink: true }, InterfaceWarnings.Of(device.Argument, found));
    }
}
