using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Tests.Engine;

/// <summary>A port at which mutated frames arrive, and that counts by which door each one leaves.</summary>
internal sealed class MutatingPort(string id, byte index, FrameMutator frames, PacketTime time, object pool)
    : IPort
{
    private readonly byte[] _frame = new byte[GuardedFrames.FrameBytesMax];
    private readonly GuardedFrames _memory = new();

    /// <summary>Frames that may still arrive.</summary>
    public long Remaining { get; set; }

    public ulong Received { get; private set; }

    public ulong Sent { get; private set; }

    public ulong Freed { get; private set; }

    public string Id => id;

    public string Device => "mutated";

    public byte Index => index;

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => pool;

    public bool Exhausted => Remaining == 0;

    public PortCounters Counters => default;

    public int Receive(PacketBurst burst, int most)
    {
        int count = (int)Math.Min(1 + frames.Below(most), Remaining);
        for (int i = 0; i < count; i++)
        {
            int length = frames.Next(_frame, out LinkType linkType);
            ref Packet packet = ref burst[i];
            packet.Frame = _memory.Put(i, _frame.AsSpan(0, length));
            packet.WireLength = WireLengthOf(length);
            packet.LinkType = linkType;
            packet.PortIndex = index;
            packet.BufferRef = (uint)i;
            packet.TimestampNs = time.Next(frames);
        }
        burst.Count = count;
        Remaining -= count;
        Received += (ulong)count;
        return count;
    }

    public bool Send(ref Packet packet)
    {
        Sent++;
        return true;
    }

    public bool SendCopy(PacketBytes frame) => false;

    public void Flush()
    {
    }

    public void Free(ref Packet packet) => Freed++;

    public void Dispose() => _memory.Dispose();

    // Captures may have cut a frame, and may lie about how much of it there was.
    private uint WireLengthOf(int length) => frames.Below(64) switch
    {
        0 => (uint)(length + frames.Below(1_500)),
        1 => (uint)frames.Below(length + 1),
        2 when frames.Below(16) == 0 => uint.MaxValue,
        _ => (uint)length,
    };
}

/// <summary>Time of arrival: mostly a little later, at times much, at times back.</summary>
internal sealed class PacketTime
{
    private const long Second = 1_000_000_000;
    private long _nowNs = 1_700_000_000 * Second;

    public long Next(FrameMutator random)
    {
        _nowNs += random.Below(100_000);
        int turn = random.Below(50_000);
        _nowNs += turn == 0 ? random.Below(200) * Second : 0;
        return turn < 500 ? _nowNs - random.Below((int)Second) : _nowNs;
    }
}
