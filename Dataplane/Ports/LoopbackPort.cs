using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Time;

namespace Dataplane.Ports;

/// <summary>
/// One end of a cable in memory: what one end sends, the other receives. For tests; needs no DPDK.
/// </summary>
/// <remarks>
/// Threads:  each end belongs to one thread; the two may differ.
/// Lifetime: disposing an end leaves the other usable; what it sends then is dropped when the cable is full.
/// </remarks>
public sealed class LoopbackPort : IPort
{
    /// <summary>Frames on their way in each direction; more are dropped and counted.</summary>
    public const uint FrameMax = 512;

    /// <summary>Longest frame that the cable carries.</summary>
    public const uint FrameBytesMax = 2048;

    private const uint BufferMax = 512;

    private readonly Cable _incoming;
    private readonly Cable _outgoing;
    private readonly CapturePool _pool = new(BufferMax, FrameBytesMax);
    private readonly Clock _clock;
    private ulong _receivedPackets;
    private ulong _receivedBytes;
    private ulong _sentPackets;
    private ulong _sentBytes;
    private ulong _sendDrops;

    private LoopbackPort(string id, byte index, Cable incoming, Cable outgoing, Clock clock)
    {
        Id = id;
        Index = index;
        _incoming = incoming;
        _outgoing = outgoing;
        _clock = clock;
    }

    public string Id { get; }

    public string Device => "loopback";

    public byte Index { get; }

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => _pool;

    public bool Exhausted => false;

    public PortCounters Counters =>
        new(_receivedPackets, _receivedBytes, _sentPackets, _sentBytes, 0, _sendDrops);

    /// <summary>Buffers that nobody holds: all of them, when every packet was sent or freed.</summary>
    public uint FreeBufferCount => _pool.FreeCount;

    /// <summary>Makes both ends of a cable.</summary>
    public static (LoopbackPort Near, LoopbackPort Far) Pair(
        string nearId, string farId, byte nearIndex, Clock clock)
    {
        Cable toNear = new();
        Cable toFar = new();
        return (
            new LoopbackPort(nearId, nearIndex, toNear, toFar, clock),
            new LoopbackPort(farId, (byte)(nearIndex + 1), toFar, toNear, clock));
    }

    public int Receive(PacketBurst burst, int most)
    {
        burst.Count = 0;
        int room = Math.Min(most, PacketBurst.CapacityMax);
        while (burst.Count < room && _incoming.TryPeek(out PacketBytes frame))
        {
            ref Packet packet = ref burst[burst.Count];
            if (!_pool.TryCopy(frame, ref packet))
            {
                // Holding all buffers is back-pressure: the frame waits on the cable.
                break;
            }
            _incoming.Advance();
            packet.WireLength = (uint)frame.Length;
            packet.TimestampNs = _clock.NowNs;
            packet.LinkType = LinkType.Ethernet;
            packet.PortIndex = Index;
            _receivedPackets++;
            _receivedBytes += packet.WireLength;
            burst.Count++;
        }
        return burst.Count;
    }

    public bool Send(ref Packet packet)
    {
        bool sent = TrySend(packet.Frame.Span);
        _pool.Free(ref packet);
        return sent;
    }

    public bool SendCopy(PacketBytes frame) => TrySend(frame.Span);

    public void Flush()
    {
    }

    public void Free(ref Packet packet) => _pool.Free(ref packet);

    /// <summary>Puts a frame on the cable as it is, for the end that a test holds.</summary>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        if (!_outgoing.TryAppend(frame))
        {
            _sendDrops++;
            return false;
        }
        _sentPackets++;
        _sentBytes += (uint)frame.Length;
        return true;
    }

    /// <summary>
    /// Takes the next frame off the cable, for the end that a test holds; null when there is none.
    /// </summary>
    public byte[]? TakeFrame()
    {
        if (!_incoming.TryPeek(out PacketBytes frame))
        {
            return null;
        }
        byte[] copy = frame.Span.ToArray();
        _incoming.Advance();
        _receivedPackets++;
        _receivedBytes += (uint)copy.Length;
        return copy;
    }

    public void Dispose()
    {
        _pool.Dispose();
        _incoming.Dispose();
        _outgoing.Dispose();
    }

    /// <summary>
    /// One direction: fixed places for frames, and rings that say which are filled and which free.
    /// </summary>
    private sealed class Cable : IDisposable
    {
        private int _endCount = 2;
        private readonly NativeArray<byte> _bytes = new(FrameMax * FrameBytesMax);
        private readonly SpscRing<(uint Place, uint Length)> _filled = new(FrameMax);
        private readonly SpscRing<uint> _free = new(FrameMax);
        private (uint Place, uint Length) _peeked;
        private bool _hasPeeked;

        public Cable()
        {
            for (uint place = 0; place < FrameMax; place++)
            {
                _free.TryEnqueue(place);
            }
        }

        public bool TryAppend(ReadOnlySpan<byte> frame)
        {
            if (frame.Length > FrameBytesMax || !_free.TryDequeue(out uint place))
            {
                return false;
            }
            frame.CopyTo(_bytes.AsSpan(place * FrameBytesMax, FrameBytesMax));
            return _filled.TryEnqueue((place, (uint)frame.Length));
        }

        public bool TryPeek(out PacketBytes frame)
        {
            _hasPeeked = _hasPeeked || _filled.TryDequeue(out _peeked);
            frame = _hasPeeked ? _bytes.Bytes(_peeked.Place * FrameBytesMax, _peeked.Length) : default;
            return _hasPeeked;
        }

        public void Advance()
        {
            _hasPeeked = false;
            _free.TryEnqueue(_peeked.Place);
        }

        /// <summary>Called by both ends; the second call frees the memory.</summary>
        public void Dispose()
        {
            if (Interlocked.Decrement(ref _endCount) == 0)
            {
                _bytes.Dispose();
                _filled.Dispose();
                _free.Dispose();
            }
        }
    }
}
