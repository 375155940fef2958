using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Dataplane.Native.Dpdk;

/// <summary>One DPDK port: attached, started with a queue pair per worker, and closed.</summary>
/// <remarks>
/// Budget:   one call per burst; no collector transition where the driver makes no system call.
/// Threads:  Receive and Send of a queue by the worker that owns it; the rest by the control thread.
/// Lifetime: disposed after its workers have let go and before its pool.
/// </remarks>
public sealed unsafe class EthernetDevice : IDisposable
{
    public const int BurstMax = 64;

    private readonly EalDevice _name;
    private readonly DpdkShim.Attached _attached;
    private readonly ushort _port;
    private readonly bool _receivesFromMemory;
    private ulong _kernelDrops;
    private bool _isOpen = true;

    private EthernetDevice(EalDevice name, DpdkShim.Attached attached, DpdkShim.PortDetails details)
    {
        _name = name;
        _attached = attached;
        _port = (ushort)attached.Port;
        Driver = Marshal.PtrToStringUTF8((nint)details.Driver) ?? "";
        Mtu = details.Mtu;
        QueueMax = Math.Min(details.ReceiveQueueMax, details.SendQueueMax);
        Mac = Convert.ToHexString(new ReadOnlySpan<byte>(details.Mac, 6));
        _receivesFromMemory = Driver is "net_af_packet" or "net_null" or "net_ring" or "net_memif";
    }

    /// <summary>The poll-mode driver's name, such as net_af_packet.</summary>
    public string Driver { get; }

    public int Mtu { get; }

    public int QueueMax { get; }

    /// <summary>12 hexadecimal digits.</summary>
    public string Mac { get; }

    public bool IsLinkUp => DpdkShim.LinkIsUp(_port) != 0;

    /// <summary>
    /// Attaches the device and starts it with one receive and one send queue for each worker.
    /// </summary>
    public static bool TryOpen(
        EalDevice name, int queueCount, Mempool pool, out EthernetDevice? device, out string error)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(pool);
        device = null;
        _ = Eal.TakeLog();
        int code = DpdkShim.Attach(
            name.Bus, name.Name, name.Arguments, (uint)queueCount, out DpdkShim.Attached attached);
        if (code != 0)
        {
            error = $"DPDK cannot open {name.Name} ({DpdkError.Name(code)}: {Eal.TakeLog()})";
            return false;
        }
        code = DpdkShim.Details((ushort)attached.Port, out DpdkShim.PortDetails details);
        EthernetDevice opened = new(name, attached, details);
        if (code == 0)
        {
            code = DpdkShim.StartPort((ushort)attached.Port, (ushort)queueCount, pool.Handle);
        }
        if (code != 0)
        {
            error = $"DPDK cannot start {name.Name} ({DpdkError.Name(code)}: {Eal.TakeLog()})";
            opened.Dispose();
            return false;
        }
        device = opened;
        error = "";
        return true;
    }

    /// <summary>Takes packets that have arrived at a queue, whole and in one piece each.</summary>
    /// <param name="queue">The calling worker's queue.</param>
    /// <param name="mbufs">Filled from the start; the caller then owns those buffers.</param>
    /// <param name="spoiledCount">Grows by the packets that could not be made whole.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Receive(int queue, Span<Mbuf> mbufs, ref uint spoiledCount)
    {
        uint room = (uint)Math.Min(mbufs.Length, BurstMax);
        uint spoiled = 0;
        uint count;
        fixed (Mbuf* start = mbufs)
        {
            // SAFETY: an Mbuf is one pointer; the driver writes at most room of them.
            count = _receivesFromMemory
                ? DpdkShim.ReceiveFromMemory(_port, (ushort)queue, (nint*)start, room, &spoiled)
                : DpdkShim.Receive(_port, (ushort)queue, (nint*)start, room, &spoiled);
        }
        spoiledCount += spoiled;
        return (int)count;
    }

    /// <summary>Hands packets to the driver; answers how many it took. The rest stays the caller's.</summary>
    public int Send(int queue, ReadOnlySpan<Mbuf> mbufs)
    {
        fixed (Mbuf* start = mbufs)
        {
            // SAFETY: the driver reads mbufs.Length pointers and owns those that it took.
            return (int)DpdkShim.Send(_port, (ushort)queue, (nint*)start, (uint)mbufs.Length);
        }
    }

    /// <summary>
    /// What the driver counted; MissedPackets includes what the kernel dropped before af_packet.
    /// </summary>
    public DeviceCounters ReadCounters()
    {
        _ = DpdkShim.Counters(_port, out DeviceCounters counters);
        _kernelDrops += DpdkShim.KernelDrops(_attached); // reading resets them in the kernel
        return counters with { MissedPackets = counters.MissedPackets + _kernelDrops };
    }

    public void Dispose()
    {
        if (_isOpen)
        {
            _isOpen = false;
            DpdkShim.ClosePort(_port);
            _ = DpdkShim.Detach(_name.Bus, _name.Name);
        }
    }
}
