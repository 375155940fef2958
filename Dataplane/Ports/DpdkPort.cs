using Dataplane.Native.Dpdk;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Time;

namespace Dataplane.Ports;

/// <summary>
/// One worker's queue pair of a DPDK port: any poll-mode driver, af_packet and af_xdp among them.
/// </summary>
/// <remarks>
/// Packets stay in the driver's buffers from Receive to Send or Free; nothing is copied here.
/// Threads:  Receive, Send, Flush and Free by one worker; the device closes with its last queue.
/// </remarks>
public sealed class DpdkPort : IPort
{
    private readonly SharedDevice _shared;
    private readonly EthernetDevice _device;
    private readonly Mempool _pool;
    private readonly Clock _clock;
    private readonly int _queue;
    private readonly Mbuf[] _received = new Mbuf[PacketBurst.CapacityMax];
    private readonly Mbuf[] _waiting = new Mbuf[PacketBurst.CapacityMax];
    private readonly Mbuf[] _returned = new Mbuf[PacketBurst.CapacityMax];
    private readonly Mbuf[] _fresh = new Mbuf[1];
    private int _waitingCount;
    private int _returnedCount;
    private uint _spoiledCount;
    private ulong _receivedPackets;
    private ulong _receivedBytes;
    private ulong _sentPackets;
    private ulong _sentBytes;
    private ulong _sendDrops;
    private bool _isRegistered;

    /// <summary>A port over the queue of a worker's number; it holds the device until disposed.</summary>
    internal DpdkPort(
        string id, string device, byte index, SharedDevice shared, Mempool pool, int queue, Clock clock)
    {
        Id = id;
        Device = device;
        Index = index;
        _shared = shared;
        _device = shared.Device;
        _pool = pool;
        _queue = queue;
        _clock = clock;
    }

    public string Id { get; }

    public string Device { get; }

    public byte Index { get; }

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => _pool;

    public bool Exhausted => false;

    /// <summary>
    /// Own counts of this queue; what the driver and the kernel dropped is told by queue 0 only.
    /// </summary>
    /// <remarks>Asks the kernel: once a second, not once a burst.</remarks>
    public PortCounters Counters
    {
        get
        {
            DeviceCounters driver = _queue == 0 ? _device.ReadCounters() : default;
            ulong receiveDrops =
                _spoiledCount + driver.MissedPackets + driver.NoBuffer + driver.ReceiveErrors;
            return new PortCounters(
                _receivedPackets, _receivedBytes, _sentPackets, _sentBytes, receiveDrops, _sendDrops);
        }
    }

    /// <summary>Gives back what the calling thread got from DPDK: before a worker's thread ends.</summary>
    public static void ReleaseThread()
    {
        if (Eal.IsStarted)
        {
            Eal.UnregisterThread();
        }
    }

    public int Receive(PacketBurst burst, int most)
    {
        if (!_isRegistered)
        {
            Register();
        }
        int room = Math.Min(most, PacketBurst.CapacityMax);
        int count = _device.Receive(_queue, _received.AsSpan(0, room), ref _spoiledCount);
        for (int i = 0; i < count; i++)
        {
            PacketBytes frame = _received[i].Data;
            frame.Prefetch();
            ref Packet packet = ref burst[i];
            packet.Frame = frame;
            packet.WireLength = (uint)frame.Length;
            packet.TimestampNs = _clock.NowNs;
            packet.BufferRef = _received[i].Index;
            packet.LinkType = LinkType.Ethernet;
            packet.PortIndex = Index;
            _receivedBytes += (uint)frame.Length;
        }
        _receivedPackets += (uint)count;
        burst.Count = count;
        return count;
    }

    public bool Send(ref Packet packet)
    {
        Mbuf mbuf = _pool[packet.BufferRef];
        if (!mbuf.TrySetData(packet.Frame))
        {
            // The bytes lie elsewhere, so this buffer cannot carry them.
            _sendDrops++;
            Free(ref packet);
            return false;
        }
        Queue(mbuf);
        packet.Frame = default;
        return true;
    }

    public bool SendCopy(PacketBytes frame)
    {
        if (frame.Length > Mempool.DataBytes || !_pool.TryAllocate(_fresh))
        {
            _sendDrops++;
            return false;
        }
        _fresh[0].SetLength(frame.Length);
        frame.Span.CopyTo(_fresh[0].Data.Span);
        Queue(_fresh[0]);
        return true;
    }

    public void Flush()
    {
        if (_waitingCount > 0)
        {
            SendWaiting();
        }
        if (_returnedCount > 0)
        {
            Mempool.Free(_returned.AsSpan(0, _returnedCount));
            _returnedCount = 0;
        }
    }

    public void Free(ref Packet packet)
    {
        if (_returnedCount == _returned.Length)
        {
            Flush();
        }
        _returned[_returnedCount++] = _pool[packet.BufferRef];
        packet.Frame = default;
    }

    public void Dispose()
    {
        Flush();
        _shared.Release();
    }

    private void Queue(Mbuf mbuf)
    {
        if (_waitingCount == _waiting.Length)
        {
            SendWaiting();
        }
        _waiting[_waitingCount++] = mbuf;
    }

    private void SendWaiting()
    {
        // Lengths are summed first: buffers that the driver took may be in use again already.
        ulong bytes = 0;
        for (int i = 0; i < _waitingCount; i++)
        {
            bytes += (uint)_waiting[i].Data.Length;
        }
        int sent = _device.Send(_queue, _waiting.AsSpan(0, _waitingCount));
        for (int i = sent; i < _waitingCount; i++)
        {
            bytes -= (uint)_waiting[i].Data.Length;
        }
        Mempool.Free(_waiting.AsSpan(sent, _waitingCount - sent));
        _sentPackets += (uint)sent;
        _sentBytes += bytes;
        _sendDrops += (uint)(_waitingCount - sent);
        _waitingCount = 0;
    }

    /// <summary>
    /// A worker's own buffer cache saves a compare-and-swap per burst; without one all works, slower.
    /// </summary>
    private void Register()
    {
        _isRegistered = true;
        Eal.TryRegisterThread();
    }
}
