using System.Diagnostics;
using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Ports;

/// <summary>A capture read once, as fast as it is handled: what <c>analyze</c> runs on.</summary>
/// <remarks>
/// Packets are handed out where they lie in the store, so an NF that changes bytes changes only this run.
/// Sent packets leave the machine nowhere: they are counted and forgotten.
/// </remarks>
public sealed class CapturePort : IPort
{
    private readonly CaptureReader _reader;
    private CaptureStore _store;
    private bool _isStoreLost;
    private uint _next;
    private int _givenOut;
    private ulong _packets;
    private ulong _bytes;
    private ulong _sentPackets;
    private ulong _sentBytes;

    // What is read is handled at once, so it should still be in the core's cache.
    private const uint StoreBytesMax = 2 << 20;
    private const uint StoreFramesMax = 1 << 15;

    /// <summary>Opens a capture with a store that fits it; larger ones are read piece by piece.</summary>
    public static CapturePort Open(string id, string path, byte index)
    {
        CaptureReader reader = CaptureReader.Open(path);
        long length = new FileInfo(path).Length;
        uint bytes = (uint)Math.Min(StoreBytesMax, (length * 2) + (2 * CaptureStore.FrameBytesMax));
        uint frames = (uint)Math.Min(StoreFramesMax, (length / 16) + 64);
        return new CapturePort(id, $"capture:{path}", index, reader, new CaptureStore(bytes, frames));
    }

    /// <summary>Takes over the reader and the store it fills.</summary>
    public CapturePort(string id, string device, byte index, CaptureReader reader, CaptureStore store)
    {
        Id = id;
        Device = device;
        Index = index;
        _reader = reader;
        _store = store;
    }

    public string Id { get; }

    public string Device { get; }

    public byte Index { get; }

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => _store;

    public bool Exhausted { get; private set; }

    /// <summary>Time spent reading the file, apart from processing.</summary>
    public TimeSpan LoadTime { get; private set; }

    /// <summary>True when the file ended inside a frame.</summary>
    public bool IsTruncated => _reader.IsTruncated;

    public PortCounters Counters => new(_packets, _bytes, _sentPackets, _sentBytes, 0, 0);

    public int Receive(PacketBurst burst, int most)
    {
        // Frames lie where the next ones will: none may still be looked at.
        if (_next == _store.Count && (_givenOut != 0 || !Refill()))
        {
            burst.Count = 0;
            return 0;
        }

        int count = (int)Math.Min(_store.Count - _next, (uint)Math.Min(most, PacketBurst.CapacityMax));
        for (int i = 0; i < count; i++)
        {
            ref Packet packet = ref burst[i];
            _store.Load(_next++, ref packet);
            packet.PortIndex = Index;
            _bytes += packet.WireLength;
        }

        _packets += (ulong)count;
        _givenOut += count;
        burst.Count = count;
        return count;
    }

    public bool Send(ref Packet packet)
    {
        _givenOut--;
        _sentPackets++;
        _sentBytes += packet.WireLength;
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

    public void Free(ref Packet packet) => _givenOut--;

    /// <summary>A packet will never be given back: its frames stay where they are, and further ones are read
    /// to another place.</summary>
    public void Lose()
    {
        _givenOut--;
        _isStoreLost = true;
    }

    public void Dispose()
    {
        _reader.Dispose();
        if (!_isStoreLost)
        {
            _store.Dispose();
        }
    }

    private bool Refill()
    {
        long start = Stopwatch.GetTimestamp();
        _next = 0;
        if (_isStoreLost)
        {
            _store = _store.Another();
            _isStoreLost = false;
        }

        bool found = !Exhausted && _store.Refill(_reader);
        Exhausted = !found;
        LoadTime += Stopwatch.GetElapsedTime(start);
        return found;
    }
}
