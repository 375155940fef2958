using Dataplane.Native.Dpdk;
using Dataplane.Native.Threads;
using Testing;

namespace Dataplane.Tests.Native.Dpdk;

/// <summary>net_af_packet between the two ends of a veth pair, each in a namespace of its own.</summary>
public sealed class AfPacketTests
{
    private const int SpinMax = 100_000;
    private const int ReceiveSpinMax = 5_000; // half a second

    [Fact]
    public void Tagged_and_untagged_frames_arrive_as_sent() => InNamespaces((_, client, appliance, pool) =>
    {
        byte[][] frames =
        [
            Datagram(PacketBuilder.Ethernet(), 100),
            Datagram(PacketBuilder.Ethernet().Vlan(7), 100),
            Datagram(PacketBuilder.Ethernet().Vlan(7).Vlan(9), 1),
            Datagram(PacketBuilder.Ethernet(), 1472),
        ];
        Send(client, pool, frames);

        Assert.Equal(frames, Receive(appliance, frames.Length));
        Assert.Equal((ulong)frames.Length, appliance.ReadCounters().ReceivedPackets);
        Assert.True(appliance.IsLinkUp);
    });

    [Fact]
    public void What_the_kernel_had_no_room_for_is_counted() => InNamespaces((_, client, appliance, pool) =>
    {
        byte[][] burst = [.. Enumerable.Repeat(new byte[60], 32)];
        for (int i = 0; i < 20; i++)
        {
            Send(client, pool, burst); // 640 frames into a ring of 512 that nobody empties
        }

        Assert.Equal(128ul, appliance.ReadCounters().MissedPackets);
        Assert.Equal(128ul, appliance.ReadCounters().MissedPackets);
    });

    [Fact]
    public void Fragments_arrive_as_they_were_on_the_wire() => InNamespaces((_, client, appliance, pool) =>
    {
        IReadOnlyList<byte[]> fragments = PacketBuilder.Ethernet()
            .Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Payload(new byte[4000]).BuildFragments(1480);
        Send(client, pool, [.. fragments]);

        Assert.Equal(fragments, Receive(appliance, fragments.Count));
    });

    [Fact]
    public void Both_directions_of_a_flow_come_to_one_queue_of_two() => InNamespaces(
        (_, client, appliance, pool) =>
        {
            const int FlowCount = 64;
            for (int flow = 0; flow < FlowCount; flow++)
            {
                PacketBuilder there = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2");
                PacketBuilder back = PacketBuilder.Ethernet().Ipv4("10.0.0.2", "10.0.0.1");
                Send(client, pool, [there.Udp(1000 + flow, 53).Build(), back.Udp(53, 1000 + flow).Build()]);
            }

            List<byte[]> first = Receive(appliance, FlowCount * 2, queue: 0);
            List<byte[]> second = Receive(appliance, (FlowCount * 2) - first.Count, queue: 1);

            Assert.Equal(FlowCount * 2, first.Count + second.Count);
            Assert.InRange(first.Count, 2, (FlowCount * 2) - 2);
            Assert.All(first.CountBy(ClientPort), flow => Assert.Equal(2, flow.Value));
            Assert.All(second.CountBy(ClientPort), flow => Assert.Equal(2, flow.Value));
        },
        queueCount: 2);

    [Fact]
    public void A_link_that_goes_down_loses_packets_but_no_buffers() =>
        InNamespaces((namespaces, client, appliance, pool) =>
        {
            byte[][] burst = [.. Enumerable.Repeat(new byte[60], 32)];
            Namespaces.Run(namespaces.Appliance, "ip", "link", "set", "dev", "wan", "down");
            for (int i = 0; i < 50; i++)
            {
                SendOrFree(client, pool, burst);
                SendOrFree(appliance, pool, burst);
            }
            Assert.Equal(pool.BufferCount, pool.FreeCount);

            Namespaces.Run(namespaces.Appliance, "ip", "link", "set", "dev", "wan", "up");
            Send(client, pool, burst);
            Assert.Equal(32, Receive(appliance, 32).Count);
        });

    [Fact]
    public void An_interface_that_is_removed_gives_nothing_and_takes_nothing_down() =>
        InNamespaces((namespaces, client, appliance, pool) =>
        {
            byte[][] burst = [.. Enumerable.Repeat(new byte[60], 32)];
            Namespaces.Run(namespaces.Appliance, "ip", "link", "del", "wan");

            for (int i = 0; i < 50; i++)
            {
                SendOrFree(client, pool, burst);
                SendOrFree(appliance, pool, burst);
            }

            uint spoiled = 0;
            Assert.Equal(0, appliance.Receive(0, new Mbuf[32], ref spoiled));
            Assert.Equal(pool.BufferCount, pool.FreeCount);
        });

    private static int ClientPort(byte[] frame) =>
        Math.Max((frame[34] << 8) | frame[35], (frame[36] << 8) | frame[37]);

    private static byte[] Datagram(PacketBuilder link, int bytes) =>
        link.Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Payload(new byte[bytes]).Build();

    private static void SendOrFree(EthernetDevice device, Mempool pool, byte[][] frames)
    {
        Mbuf[] mbufs = Fill(pool, frames);
        Mempool.Free(mbufs.AsSpan(device.Send(0, mbufs)));
    }

    private static Mbuf[] Fill(Mempool pool, byte[][] frames)
    {
        Mbuf[] mbufs = new Mbuf[frames.Length];
        Assert.True(pool.TryAllocate(mbufs));
        for (int i = 0; i < frames.Length; i++)
        {
            mbufs[i].SetLength(frames[i].Length);
            frames[i].CopyTo(mbufs[i].Data.Span);
        }
        return mbufs;
    }

    private static void Send(EthernetDevice device, Mempool pool, byte[][] frames)
    {
        Mbuf[] mbufs = Fill(pool, frames);
        int sent = 0;
        for (int spin = 0; spin < SpinMax && sent < mbufs.Length; spin++)
        {
            sent += device.Send(0, mbufs.AsSpan(sent));
        }
        Assert.Equal(mbufs.Length, sent);
    }

    private static List<byte[]> Receive(EthernetDevice device, int count, int queue = 0)
    {
        List<byte[]> frames = [];
        Mbuf[] mbufs = new Mbuf[32];
        uint spoiled = 0;
        for (int spin = 0; spin < ReceiveSpinMax && frames.Count < count; spin++)
        {
            int received = device.Receive(queue, mbufs, ref spoiled);
            frames.AddRange(mbufs.Take(received).Select(mbuf => mbuf.Data.Span.ToArray()));
            Mempool.Free(mbufs.AsSpan(0, received));
            if (received == 0)
            {
                ShortSleep.ForMicroseconds(20);
            }
        }
        Assert.Equal(0u, spoiled);
        return frames;
    }

    private static void InNamespaces(
        Action<Namespaces, EthernetDevice, EthernetDevice, Mempool> check, int queueCount = 1)
    {
        using Namespaces namespaces = Namespaces.Create();
        Exception? fault = null;
        Thread thread = new(() => fault = Record.Exception(() =>
        {
            using Mempool pool = DpdkFixture.NewPool(4095);
            using EthernetDevice client = Open(namespaces.Client, "eth0", 1, pool);
            using EthernetDevice appliance = Open(namespaces.Appliance, "wan", queueCount, pool);
            check(namespaces, client, appliance, pool);
        }));
        thread.Start();
        thread.Join();
        Assert.Null(fault);
    }

    private static EthernetDevice Open(string name, string networkInterface, int queueCount, Mempool pool)
    {
        Assert.True(NetworkNamespace.TryEnter(name, out string error), error);
        EalDevice device = new(
            "vdev",
            Eal.NewName("net_af_packet_test"),
            $"iface={networkInterface},qpairs={queueCount},blocksz=65536,framesz=2048,framecnt=512");
        bool isOpen = EthernetDevice.TryOpen(
            device, queueCount, pool, out EthernetDevice? opened, out error);
        Assert.True(isOpen, error);
        return opened!;
    }
}
