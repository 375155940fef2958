using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Tests.Engine;

/// <summary>Captures in memory, each packet once; all stay where they are until the end, as buffers in flight
/// must.</summary>
internal sealed class StoredPort : IPort
{
    private readonly CaptureStore _store;
    private readonly HashSet<uint> _away = [];
    private readonly List<uint> _sent = [];
    private uint _next;

    public StoredPort(IReadOnlyList<string> files, byte index = 0)
    {
        Index = index;
        long bytes = files.Sum(file => new FileInfo(file).Length);
        _store = new CaptureStore(
            (uint)(bytes * 2) + (2 * CaptureStore.FrameBytesMax), (uint)(bytes / 16) + 64);
        foreach (string file in files)
        {
            using CaptureReader reader = CaptureReader.Open(file);
            Assert.True(_store.Append(reader, _store.Count == 0 ? 0 : _store.LastNs + 1_000_000_000));
        }
    }

    public string Id => $"stored{Index}";

    public string Device => "stored";

    public byte Index { get; }

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => _store;

    public bool Exhausted => _next == _store.Count;

    public PortCounters Counters => default;

    public uint Count => _store.Count;

    /// <summary>Packets that nobody has given back.</summary>
    public int AwayCount => _away.Count;

    /// <summary>Numbers of the packets of this pool that were sent here, in order.</summary>
    public IReadOnlyList<uint> Sent => _sent;

    public PacketBytes FrameOf(uint number)
    {
        Packet packet = default;
        _store.Load(number, ref packet);
        return packet.Frame;
    }

    public int Receive(PacketBurst burst, int most)
    {
        int count = (int)Math.Min(_store.Count - _next, (uint)most);
        for (int i = 0; i < count; i++)
        {
            ref Packet packet = ref burst[i];
            _store.Load(_next, ref packet);
            packet.PortIndex = Index;
            packet.BufferRef = _next;
            Assert.True(_away.Add(_next++));
        }
        burst.Count = count;
        return count;
    }

    public bool Send(ref Packet packet)
    {
        _sent.Add(packet.BufferRef);
        Free(ref packet);
        return true;
    }

    public bool SendCopy(PacketBytes frame) => throw new NotSupportedException("Both ports share a pool.");

    public void Flush()
    {
    }

    public void Free(ref Packet packet) => Assert.True(_away.Remove(packet.BufferRef));

    public void Dispose() => _store.Dispose();
}
