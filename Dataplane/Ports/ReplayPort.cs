using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Time;

namespace Dataplane.Ports;

/// <summary>Captures played in a loop at the speed they were taken at: the ports capture: and demo.</summary>
/// <remarks>
/// Needs no NIC, DPDK or rights. Packets are copied per loop,
/// so an NF that changes bytes cannot change the next
/// one. Capture time is shifted so that the first packet is now; each loop has addresses of its own.
/// </remarks>
public sealed class ReplayPort : IPort
{
    /// <summary>Silence between two captures and before the next loop.</summary>
    public const long PauseNs = 500_000_000;

    /// <summary>The most that one port keeps in memory.</summary>
    private const uint StoreBytesMax = 1 << 30;
    private const uint Buffers = 256;

    private readonly CaptureStore _store;
    private readonly CapturePool _pool;
    private readonly Clock _clock;
    private readonly bool _moves;
    private readonly long _lengthNs;
    private long _loopStartNs;
    private uint _next;
    private uint _loop;
    private ulong _packets;
    private ulong _bytes;
    private ulong _sentPackets;
    private ulong _sentBytes;

    private ReplayPort(string id, string device, byte index, CaptureStore store, Clock clock, bool moves)
    {
        (Id, Device, Index, _store, _clock, _moves) = (id, device, index, store, clock, moves);
        _pool = new CapturePool(Buffers, Math.Max(store.LongestFrame, 64));
        _lengthNs = store.LastNs + PauseNs;
    }

    public string Id { get; }

    public string Device { get; }

    public byte Index { get; }

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => _pool;

    public bool Exhausted => false;

    public PortCounters Counters => new(_packets, _bytes, _sentPackets, _sentBytes, 0, 0);

    /// <summary>Loads the captures, in order. <see cref="CaptureException"/> names the one that cannot be
    /// used.</summary>
    public static ReplayPort Open(
        string id, string device, byte index, IReadOnlyList<string> files, Clock clock,
        ReplayAddresses addresses)
    {
        long bytes = files.Sum(file => File.Exists(file) ? new FileInfo(file).Length : 0);
        long room = (bytes * 2) + (2 * CaptureStore.FrameBytesMax);
        if (room > StoreBytesMax)
        {
            throw new CaptureException(
                $"{device} needs {room >> 20} MiB of memory and at most {StoreBytesMax >> 20} MiB are given "
                + $"to a "
                + "replay; use a shorter capture.");
        }

        var store = new CaptureStore((uint)room, (uint)Math.Max(1024, bytes / 16));
        try
        {
            foreach (string file in files)
            {
                using CaptureReader reader = CaptureReader.Open(file);
                store.Append(reader, store.Count == 0 ? 0 : store.LastNs + PauseNs);
            }

            if (store.Count == 0)
            {
                throw new CaptureException($"{device} holds no packet; name a capture with packets.");
            }

            return new ReplayPort(id, device, index, store, clock,
                addresses == ReplayAddresses.MovedEachLoop);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    public int Receive(PacketBurst burst, int most)
    {
        burst.Count = 0;
        if (_loopStartNs == 0)
        {
            _loopStartNs = _clock.NowNs;
        }

        while (burst.Count < most && burst.Count < PacketBurst.CapacityMax && IsDue())
        {
            ref Packet packet = ref burst[burst.Count];
            _store.Load(_next, ref packet);
            if (!_pool.TryCopy(packet.Frame, ref packet))
            {
                break;
            }

            _next++;
            packet.TimestampNs += _loopStartNs;
            packet.PortIndex = Index;
            if (_moves)
            {
                ReplayRewriter.Rewrite(ref packet, _loop);
            }

            _packets++;
            _bytes += packet.WireLength;
            burst.Count++;
        }

        return burst.Count;
    }

    public bool Send(ref Packet packet)
    {
        _sentPackets++;
        _sentBytes += packet.WireLength;
        _pool.Free(ref packet);
        return true;
    }

    public bool SendCopy(PacketBytes frame)
    {
        _sentPackets++;
        _sentBytes += (uint)frame.Length;
        return true;
    }

    public void Flush()
    {
    }

    public void Free(ref Packet packet) => _pool.Free(ref packet);

    public void Dispose()
    {
        _store.Dispose();
        _pool.Dispose();
    }

    private bool IsDue()
    {
        if (_next == _store.Count)
        {
            if (_clock.NowNs < _loopStartNs + _lengthNs)
            {
                return false;
            }

            _loopStartNs += _lengthNs;
            _loop++;
            _next = 0;
        }

        return _store.TimeOf(_next) + _loopStartNs <= _clock.NowNs;
    }
}

/// <summary>Whether a replay's loops repeat the same addresses.</summary>
public enum ReplayAddresses : byte
{
    AsCaptured,
    MovedEachLoop,
}
