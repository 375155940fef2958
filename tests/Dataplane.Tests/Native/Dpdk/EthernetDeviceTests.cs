using Dataplane.Native.Dpdk;
using Dataplane.Native.Memory;
using Dataplane.Native.Threads;

namespace Dataplane.Tests.Native.Dpdk;

public sealed class EthernetDeviceTests : IDisposable
{
    private readonly Mempool _pool = DpdkFixture.NewPool(2047);

    [Fact]
    public void Starting_dpdk_leaves_the_cores_of_its_caller_alone()
    {
        IReadOnlyList<int> before = CoreAffinity.AllowedCores();
        DpdkFixture.Start();
        Assert.Equal(before, CoreAffinity.AllowedCores());
        Assert.Equal(Environment.ProcessorCount, before.Count);
        Assert.Contains("DPDK 22.11", Eal.Version, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_sent_into_a_ring_device_comes_back_in_order()
    {
        using EthernetDevice device = Open(new EalDevice("vdev", "net_ring_echo", ""));
        Mbuf[] burst = new Mbuf[32];
        Assert.True(_pool.TryAllocate(burst));
        for (int i = 0; i < burst.Length; i++)
        {
            burst[i].SetLength(60 + i);
            burst[i].Data.Span.Fill((byte)i);
        }

        Assert.Equal(32, device.Send(0, burst));
        Mbuf[] received = new Mbuf[64];
        uint spoiled = 0;
        int count = device.Receive(0, received, ref spoiled);

        Assert.Equal(32, count);
        Assert.Equal(0u, spoiled);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(60 + i, received[i].Data.Length);
            Assert.Equal((byte)i, received[i].Data[59 + i]);
            Assert.Equal(burst[i].Index, received[i].Index);
        }
        Mempool.Free(received.AsSpan(0, count));
        Assert.Equal(2047u, _pool.FreeCount);
    }

    [Fact]
    public void Every_buffer_has_its_number_and_a_private_area_of_its_own()
    {
        HashSet<uint> numbers = [];
        Mbuf[] all = new Mbuf[_pool.BufferCount];
        Assert.True(_pool.TryAllocate(all));
        foreach (Mbuf mbuf in all)
        {
            Assert.True(numbers.Add(mbuf.Index));
            mbuf.Private<ulong>(Mempool.PrivateBytes - 8) = mbuf.Index;
            mbuf.SetLength(Mempool.DataBytes);
            mbuf.Data.Span.Fill(0xFF);
        }

        const int Last = Mempool.PrivateBytes - sizeof(ulong);
        Assert.All(all, mbuf => Assert.Equal((ulong)mbuf.Index, mbuf.Private<ulong>(Last)));
        Assert.All(all, mbuf => Assert.Equal(mbuf.Data.Address, _pool[mbuf.Index].Data.Address));
        Assert.Equal(_pool.BufferCount - 1, numbers.Max());
        Assert.False(_pool.TryAllocate(new Mbuf[1]));
        Mempool.Free(all);
    }

    [Fact]
    public void Writing_outside_a_buffer_is_refused()
    {
        Mbuf[] one = new Mbuf[1];
        Assert.True(_pool.TryAllocate(one));

        Assert.Throws<ArgumentOutOfRangeException>(() => one[0].SetLength(Mempool.DataBytes + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => one[0].SetLength(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => one[0].Private<ulong>(Mempool.PrivateBytes - 7));
        Assert.Throws<ArgumentOutOfRangeException>(() => one[0].Private<ulong>(-1));
        Mempool.Free(one);
    }

    [Fact]
    public void A_device_can_be_closed_and_opened_again()
    {
        for (int i = 0; i < 3; i++)
        {
            using EthernetDevice device = Open(new EalDevice("vdev", "net_null_again", "size=64"));
            Mbuf[] burst = new Mbuf[16];
            uint spoiled = 0;
            Assert.Equal(16, device.Receive(0, burst, ref spoiled));
            Assert.Equal(64, device.Driver == "net_null" ? burst[0].Data.Length : 0);
            Mempool.Free(burst);
            Assert.Equal(16ul, device.ReadCounters().ReceivedPackets);
        }
    }

    [Fact]
    public void A_device_that_cannot_be_opened_says_what_the_driver_said()
    {
        Assert.False(EthernetDevice.TryOpen(
            new EalDevice("vdev", "net_af_packet_none", "iface=nosuchiface"),
            1,
            _pool,
            out _,
            out string error));
        Assert.Contains("net_af_packet_none", error, StringComparison.Ordinal);
        Assert.Contains("No such device", error, StringComparison.Ordinal);

        EalDevice unknown = new("vdev", "no_driver0", "");
        Assert.False(EthernetDevice.TryOpen(unknown, 1, _pool, out _, out error));
        Assert.Contains("no_driver0", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Registered_threads_use_buffer_caches_of_their_own()
    {
        bool registered = false;
        Thread thread = new(() =>
        {
            registered = Eal.TryRegisterThread();
            Mbuf[] one = new Mbuf[1];
            registered &= _pool.TryAllocate(one);
            Mempool.Free(one);
            Eal.UnregisterThread();
        });
        thread.Start();
        thread.Join();

        Assert.True(registered);
        Assert.Equal(2047u, _pool.FreeCount);
    }

    public void Dispose() => _pool.Dispose();

    private EthernetDevice Open(EalDevice name)
    {
        bool opened = EthernetDevice.TryOpen(name, 1, _pool, out EthernetDevice? device, out string error);
        Assert.True(opened, error);
        return device!;
    }
}
