using Dataplane.Native.Memory;
using Dataplane.Packets;

namespace Dataplane.Ports;

/// <summary>Frames of a capture in native memory, filled piece by piece or whole.</summary>
/// <remarks>Fixed size after construction; filling and reading happen on one thread.</remarks>
public sealed class CaptureStore : IDisposable
{
    /// <summary>Largest frame accepted from a capture; longer ones are cut.</summary>
    public const int FrameBytesMax = 256 * 1024;

    private readonly NativeArray<byte> _bytes;
    private readonly NativeArray<StoredFrame> _frames;
    private uint _used;

    /// <summary>Room for so many bytes and frames.</summary>
    public CaptureStore(uint bytes, uint frames)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, (uint)FrameBytesMax);
        _bytes = new NativeArray<byte>(bytes);
        _frames = new NativeArray<StoredFrame>(frames);
    }

    /// <summary>An empty store of the same size.</summary>
    public CaptureStore Another() => new(_bytes.Length, _frames.Length);

    /// <summary>How many frames it holds.</summary>
    public uint Count { get; private set; }

    /// <summary>Captured bytes of the longest frame.</summary>
    public uint LongestFrame { get; private set; }

    /// <summary>Time of the first and the last frame, ns since 1970.</summary>
    public long FirstNs => Count == 0 ? 0 : _frames[0u].TimestampNs;

    public long LastNs => Count == 0 ? 0 : _frames[Count - 1].TimestampNs;

    /// <summary>Replaces the content by the next frames of the reader. False when there was none.</summary>
    public bool Refill(CaptureReader reader)
    {
        Count = 0;
        _used = 0;
        while (HasRoom && reader.TryRead(out ReadOnlySpan<byte> frame, out CapturedFrame facts))
        {
            Append(frame, facts);
        }

        return Count > 0;
    }

    /// <summary>Adds the reader's frames, their times shifted so that the first is at
    /// <paramref name="startNs"/>
    /// and none lies before the one in front of it. False when there was no room for all.</summary>
    public bool Append(CaptureReader reader, long startNs)
    {
        long? shift = null;
        long last = startNs;
        while (HasRoom)
        {
            if (!reader.TryRead(out ReadOnlySpan<byte> frame, out CapturedFrame facts))
            {
                return true;
            }

            shift ??= startNs - facts.TimestampNs;
            last = Math.Max(last, facts.TimestampNs + shift.Value);
            Append(frame, facts with { TimestampNs = last });
        }

        return false;
    }

    /// <summary>Points a packet at a stored frame: bytes, length, time.</summary>
    public void Load(uint index, ref Packet packet)
    {
        ref StoredFrame stored = ref _frames[index];
        packet.Frame = _bytes.Bytes(stored.Start, stored.Length);
        packet.WireLength = stored.WireLength;
        packet.TimestampNs = stored.TimestampNs;
        packet.LinkType = stored.LinkType;
        packet.BufferRef = index;
    }

    /// <summary>Time of a stored frame, ns since 1970.</summary>
    public long TimeOf(uint index) => _frames[index].TimestampNs;

    public void Dispose()
    {
        _bytes.Dispose();
        _frames.Dispose();
    }

    private bool HasRoom => Count < _frames.Length && _bytes.Length - _used >= FrameBytesMax;

    private void Append(ReadOnlySpan<byte> frame, CapturedFrame facts)
    {
        frame = frame[..Math.Min(frame.Length, FrameBytesMax)];
        LongestFrame = Math.Max(LongestFrame, (uint)frame.Length);
        frame.CopyTo(_bytes.AsSpan(_used, (uint)frame.Length));
        _frames[Count++] = new StoredFrame(
            facts.TimestampNs, _used, (uint)frame.Length, facts.WireLength, facts.LinkType);

        // Frames begin on cache lines, as a driver's buffers do.
        _used += ((uint)frame.Length + 63) & ~63u;
    }

    private readonly record struct StoredFrame(
        long TimestampNs, uint Start, uint Length, uint WireLength, LinkType LinkType);
}
