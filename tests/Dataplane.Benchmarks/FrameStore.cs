using Dataplane.Native.Memory;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Benchmarks;

/// <summary>Frames in native memory, each on cache lines of its own, with their times.</summary>
public sealed class FrameStore : IDisposable
{
    private const int ResponseBytes = 2_800;
    private const int AtATime = 64;
    private const string Request =
        "GET /shop/item?id=17 HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n";

    private readonly NativeArray<byte> _memory;
    private readonly PacketBytes[] _frames;
    private readonly long[] _times;

    /// <summary>Frames in the order they have.</summary>
    public FrameStore(IEnumerable<Frame> frames)
    {
        List<Frame> all = [.. frames];
        _memory = new NativeArray<byte>((uint)all.Sum(f => (f.Bytes.Length + 63) & ~63), MemoryPages.Huge);
        _frames = new PacketBytes[all.Count];
        _times = new long[all.Count];
        uint used = 0;
        for (int i = 0; i < all.Count; i++)
        {
            all[i].Bytes.CopyTo(_memory.AsSpan(used, (uint)all[i].Bytes.Length));
            _frames[i] = _memory.Bytes(used, (uint)all[i].Bytes.Length);
            _times[i] = all[i].TimestampNs;
            used += ((uint)all[i].Bytes.Length + 63) & ~63u;
        }
    }

    /// <summary>So many short HTTP connections, many at a time; each has the same number of
    /// packets.</summary>
    public static FrameStore OfShortConnections(int connections)
    {
        List<Frame> all = [];
        for (int first = 0; first < connections; first += AtATime)
        {
            all.AddRange(Frame.Merge(
                [.. Enumerable.Range(first, Math.Min(AtATime, connections - first)).Select(Connection)]));
        }

        return new FrameStore(all);
    }

    public int Count => _frames.Length;

    public ReadOnlySpan<PacketBytes> Frames => _frames;

    public long LastNs => _times[^1];

    /// <summary>Payload bytes and more: what the frames hold altogether.</summary>
    public long Bytes => _frames.Sum(f => (long)f.Length);

    /// <summary>Points a packet at a frame.</summary>
    public void Load(int index, ref Packet packet)
    {
        packet.Frame = _frames[index];
        packet.WireLength = (uint)_frames[index].Length;
        packet.LinkType = LinkType.Ethernet;
        packet.PortIndex = 0;
        packet.TimestampNs = _times[index];
    }

    public void Dispose() => _memory.Dispose();

    private static IEnumerable<Frame> Connection(int number) =>
        TcpScript.Between(
        $"10.{number / 60_000}.{number / 250 % 240}.{1 + (number % 250)}:{1024 + (number % 50_000)}",
                "192.168.0.1:80")
            .StartingAt(1_000_000_000L + (number / AtATime * 50_000_000L) + (number % AtATime * 10_000L))
            .Handshake().ClientSends(Request).ServerSends(ResponseBytes).Close().Frames;
}
