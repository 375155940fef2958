using Dataplane.Native.Memory;
using Dataplane.Native.Reference;
using Testing;

namespace Dataplane.Tests.Native.Reference;

public sealed class CReferenceTests : IDisposable
{
    private readonly NativeArray<byte> _memory = new(64 * 256);
    private readonly uint[] _slots = new uint[CReference.BurstMax];

    [Fact]
    public void Both_directions_of_a_flow_meet_in_one_slot()
    {
        using CReference reference = new(1000, seed: 1);

        uint found = reference.Process(
            Burst(
                Segment(PacketBuilder.Ethernet(), "10.0.0.1", 1000, "10.0.0.2", 80),
                Segment(PacketBuilder.Ethernet(), "10.0.0.2", 80, "10.0.0.1", 1000),
                Segment(PacketBuilder.Ethernet(), "10.0.0.1", 80, "10.0.0.2", 1000),
                Segment(PacketBuilder.Ethernet().Vlan(5), "10.0.0.1", 1000, "10.0.0.2", 80),
                PacketBuilder.Ethernet().Ipv6("fd00::1", "fd00::2").Udp(53, 53).Build(),
                PacketBuilder.Ethernet().Ipv6("fd00::2", "fd00::1").Udp(53, 53).Build()),
            nowNs: 1,
            _slots);

        Assert.Equal(6u, found);
        Assert.Equal([0u, 0u, 1u, 2u, 3u, 3u], _slots.Take(6));
        Assert.Equal(2ul, reference.PacketCount(0));
        Assert.Equal(4u, reference.FlowCount);
    }

    [Fact]
    public void Packets_that_cannot_be_parsed_get_no_slot()
    {
        using CReference reference = new(1000, seed: 1);
        byte[] whole = Segment(PacketBuilder.Ethernet().Vlan(5), "10.0.0.1", 1000, "10.0.0.2", 80);
        byte[][] cut = [.. Enumerable.Range(0, whole.Length - 1).Select(length => whole[..length])];

        Assert.Equal(0u, reference.Process(Burst(cut.AsSpan(0, 32).ToArray()), 1, _slots));
        Assert.Equal(0u, reference.Process(Burst(cut.AsSpan(32).ToArray()), 1, _slots));
        Assert.Equal(1u, reference.Process(Burst(whole), 1, _slots));
    }

    [Fact]
    public void A_full_table_keeps_the_flows_that_it_has()
    {
        using CReference reference = new(100, seed: 7);
        for (int i = 0; i < 200; i++)
        {
            byte[] frame = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1000 + i, 53).Build();
            reference.Process(Burst(frame, frame), 1, _slots);
            Assert.Equal(i < 100 ? (uint)i : CReference.NoSlot, _slots[0]);
        }
        Assert.Equal(100u, reference.FlowCount);
        Assert.All(Enumerable.Range(0, 100), slot => Assert.Equal(2ul, reference.PacketCount((uint)slot)));
    }

    public void Dispose() => _memory.Dispose();

    private static byte[] Segment(PacketBuilder link, string source, int from, string target, int to) =>
        link.Ipv4(source, target).Tcp(from, to, 1, 1, TcpFlags.Ack).Build();

    private PacketBytes[] Burst(params byte[][] frames)
    {
        PacketBytes[] burst = new PacketBytes[frames.Length];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i].CopyTo(_memory.AsSpan((uint)i * 256, 256));
            burst[i] = _memory.Bytes((uint)i * 256, (uint)frames[i].Length);
        }
        return burst;
    }
}
