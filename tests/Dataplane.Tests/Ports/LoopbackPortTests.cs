using Dataplane.Packets;
using Dataplane.Ports;
using Dataplane.Time;
using Testing;

namespace Dataplane.Tests.Ports;

public sealed class LoopbackPortTests : IDisposable
{
    private readonly LoopbackPort _near;
    private readonly LoopbackPort _far;
    private readonly PacketBurst _burst = new();

    public LoopbackPortTests() => (_near, _far) = LoopbackPort.Pair("near", "far", 0, new VirtualClock());

    [Fact]
    public void What_one_end_sends_the_other_receives_unchanged()
    {
        byte[] frame = PacketBuilder.Ethernet()
            .Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Payload([1, 2, 3]).Build();
        Assert.True(_far.TrySend(frame));

        Assert.Equal(1, _near.Receive(_burst, 32));
        Assert.Equal(frame, _burst[0].Frame.Span.ToArray());
        Assert.Equal((uint)frame.Length, _burst[0].WireLength);
        Assert.True(_near.Send(ref _burst[0]));

        Assert.Equal(frame, _far.TakeFrame());
        Assert.Null(_far.TakeFrame());
        Assert.Equal(new PortCounters(1, (ulong)frame.Length, 1, (ulong)frame.Length, 0, 0), _near.Counters);
        Assert.Equal(512u, _near.FreeBufferCount);
    }

    [Fact]
    public void A_full_cable_drops_and_counts()
    {
        for (int i = 0; i < LoopbackPort.FrameMax; i++)
        {
            Assert.True(_far.TrySend(new byte[60]));
        }

        Assert.False(_far.TrySend(new byte[60]));
        Assert.False(_far.TrySend(new byte[LoopbackPort.FrameBytesMax + 1]));
        Assert.Equal(2ul, _far.Counters.SendDrops);
    }

    [Fact]
    public void Held_packets_are_back_pressure_and_none_is_lost()
    {
        for (int i = 0; i < 512; i++)
        {
            Assert.True(_far.TrySend([(byte)i, (byte)(i >> 8)]));
        }
        List<Packet> held = [];
        while (_near.Receive(_burst, 64) > 0)
        {
            held.AddRange(Enumerable.Range(0, _burst.Count).Select(i => _burst[i]));
        }
        Assert.True(_far.TrySend([9, 9]));
        Assert.Equal(0, _near.Receive(_burst, 64));

        Packet first = held[0];
        _near.Free(ref first);

        Assert.Equal(1, _near.Receive(_burst, 64));
        Assert.Equal([9, 9], _burst[0].Frame.Span.ToArray());
        Assert.Equal(512, held.Count);
    }

    public void Dispose()
    {
        _near.Dispose();
        _far.Dispose();
    }
}
