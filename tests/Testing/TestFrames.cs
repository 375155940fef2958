using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Testing;

/// <summary>Lays frames out in native memory, as a port would, and parses them.</summary>
public sealed class TestFrames : IDisposable
{
    private readonly NativeArray<byte> _memory = new(1 << 20);
    private uint _used;

    /// <summary>A packet over a copy of the frame; not parsed yet.</summary>
    public Packet Load(ReadOnlySpan<byte> frame, LinkType linkType = LinkType.Ethernet, long timestampNs = 0)
    {
        uint start = _used;
        if (start + (uint)frame.Length > _memory.Length)
        {
            start = 0;
        }

        frame.CopyTo(_memory.AsSpan(start, (uint)frame.Length));
        _used = (start + (uint)frame.Length + 63) & ~63u;
        return new Packet
        {
            Frame = _memory.Bytes(start, (uint)frame.Length),
            WireLength = (uint)frame.Length,
            LinkType = linkType,
            TimestampNs = timestampNs,
        };
    }

    public void Dispose() => _memory.Dispose();
}
