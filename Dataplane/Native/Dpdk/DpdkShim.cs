using System.Runtime.InteropServices;

namespace Dataplane.Native.Dpdk;

/// <summary>
/// P/Invoke declarations, one per function of dpdk_shim.c. Errors are negative errno values.
/// </summary>
internal static unsafe partial class DpdkShim
{
    private const string Library = NativeLibraries.Dpdk;

    /// <summary>struct attached: the port number, then what only the shim reads of it.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 264)]
    public struct Attached
    {
        public uint Port;
    }

    /// <summary>struct port_details.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PortDetails
    {
        public ushort ReceiveQueueMax;
        public ushort SendQueueMax;
        public ushort Mtu;
        public fixed byte Mac[6];
        public fixed byte Driver[32];
    }

    [LibraryImport(Library, EntryPoint = "dpdk_shim_take_log")]
    public static partial uint TakeLog(byte* text, uint room);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_start")]
    public static partial int Start(int count, byte** arguments);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_version")]
    public static partial byte* Version();

    [LibraryImport(Library, EntryPoint = "dpdk_shim_register_thread")]
    public static partial int RegisterThread();

    [LibraryImport(Library, EntryPoint = "dpdk_shim_unregister_thread")]
    public static partial void UnregisterThread();

    [LibraryImport(Library, EntryPoint = "dpdk_shim_pool_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int NewPool(
        string name,
        uint count,
        uint privateBytes,
        uint dataBytes,
        uint indexOffset,
        nint* mbufs,
        out nint pool);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_pool_free")]
    public static partial void FreePool(nint pool);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_pool_available")]
    public static partial uint PoolAvailable(nint pool);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_allocate")]
    public static partial int Allocate(nint pool, nint* mbufs, uint count);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_free")]
    public static partial void Free(nint* mbufs, uint count);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_attach", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Attach(
        string bus, string name, string arguments, uint queues, out Attached attached);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_detach", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Detach(string bus, string name);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_kernel_drops")]
    public static partial ulong KernelDrops(in Attached attached);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_port_details")]
    public static partial int Details(ushort port, out PortDetails details);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_port_start")]
    public static partial int StartPort(ushort port, ushort queues, nint pool);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_port_close")]
    public static partial void ClosePort(ushort port);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_link_is_up")]
    public static partial int LinkIsUp(ushort port);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_port_counters")]
    public static partial int Counters(ushort port, out DeviceCounters counters);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_receive")]
    public static partial uint Receive(ushort port, ushort queue, nint* mbufs, uint count, uint* spoiled);

    /// <summary>
    /// For drivers that make no system call while receiving: saves the transition of the collector.
    /// </summary>
    [LibraryImport(Library, EntryPoint = "dpdk_shim_receive")]
    [SuppressGCTransition]
    public static partial uint ReceiveFromMemory(
        ushort port, ushort queue, nint* mbufs, uint count, uint* spoiled);

    [LibraryImport(Library, EntryPoint = "dpdk_shim_send")]
    public static partial uint Send(ushort port, ushort queue, nint* mbufs, uint count);
}
