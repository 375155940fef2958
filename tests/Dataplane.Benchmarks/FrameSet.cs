using Dataplane.Native.Memory;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Benchmarks;

/// <summary>Frames of TCP data segments of many flows in random order, in native memory,
/// one cache line each.</summary>
public sealed class FrameSet : IDisposable
{
    private const uint FrameBytes = 64;
    private readonly NativeArray<byte> _memory;
    private readonly PacketBytes[] _frames;

    /// <summary>One segment of every flow, both directions mixed, shuffled by a fixed seed.</summary>
    public FrameSet(int flows, int frames)
    {
        _memory = new NativeArray<byte>((uint)frames * FrameBytes, MemoryPages.Huge);
        _frames = new PacketBytes[frames];
        byte[] template = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "192.168.0.1")
            .Tcp(1024, 80, 1, 1, TcpFlags.Ack).Payload("0123456789"u8).Build();
        var random = new Random(1);
        for (int i = 0; i < frames; i++)
        {
            int flow = i < flows ? i : random.Next(flows);
            Span<byte> frame = _memory.AsSpan((uint)i * FrameBytes, FrameBytes);
            template.CopyTo(frame);
            BitConverter.TryWriteBytes(frame[26..], flow);
            frame[26] = 10;
            frame[34] = (byte)(flow >> 24);
            frame[35] = (byte)flow;
            _frames[i] = _memory.Bytes((uint)i * FrameBytes, FrameBytes);
        }

        random.Shuffle(_frames);
    }

    public ReadOnlySpan<PacketBytes> Frames => _frames;

    /// <summary>Points the packets of a burst at the frames from <paramref name="start"/> on.</summary>
    public int Load(PacketBurst burst, int start, int most)
    {
        int count = Math.Min(most, _frames.Length - start);
        for (int i = 0; i < count; i++)
        {
            ref Packet packet = ref burst[i];
            packet.Frame = _frames[start + i];
            packet.WireLength = FrameBytes;
            packet.LinkType = LinkType.Ethernet;
        }

        burst.Count = count;
        return count;
    }

    public void Dispose() => _memory.Dispose();
}
