using Dataplane.Contract.Configuration;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;
using Dataplane.Time;
using Testing;

namespace Dataplane.Tests.Ports;

public sealed class PortFactoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ports-").FullName;
    private readonly PortFactory _factory;
    private readonly LiveClock _clock = new();

    public PortFactoryTests() => _factory = new PortFactory(new PortFactory.Options
    {
        FilePrefix = $"tests-{Environment.ProcessId}",
        DemoFolder = _folder,
        BufferCount = 1023,
        MemoryMebibytes = 128,
    });

    [Theory]
    [InlineData("af_packet:none0", "no-interface", "none0")]
    [InlineData("af_xdp:none0", "no-interface", "none0")]
    [InlineData("dpdk:0000:aa:00.0", "no-card", "0000:aa:00.0")]
    [InlineData("dpdk:../../../etc", "no-card", "../../../etc")]
    [InlineData("vdev:no_such_driver0", "port-failed", "no_such_driver0")]
    [InlineData("capture:missing.pcap", "capture-failed", "missing.pcap")]
    [InlineData("floppy:a", "bad-device", "floppy:a")]
    public void A_port_that_cannot_be_opened_is_a_fault_with_place_cause_and_remedy(
        string device, string code, string named)
    {
        Assert.Null(Open(device, out ConfigFault? fault));

        Assert.Equal("/ports/3/device", fault!.Path);
        Assert.Equal(code, fault.Code);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(fault.Fix));
    }

    [Fact]
    public void An_mtu_beyond_a_ring_frame_is_a_fault()
    {
        Assert.Null(Open("af_packet:lo", out ConfigFault? fault)); // 65,536
        Assert.Equal("mtu-too-large", fault!.Code);
        Assert.Contains("ip link set dev lo mtu 1500", fault.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vdev_has_a_queue_for_each_worker_and_sends_copies_of_foreign_frames()
    {
        OpenedPort? opened = Open("vdev:net_ring_factory", out ConfigFault? fault, _clock, _clock);
        Assert.Null(fault);
        using IPort first = opened!.Queues[0];
        using IPort second = opened.Queues[1];
        PacketBurst burst = new();

        Assert.Equal(2, opened.Queues.Count);
        Assert.Equal("vdev:net_ring_factory", second.Device);
        using NativeArray<byte> memory = new(64);
        memory[63u] = 7;
        Assert.True(first.SendCopy(memory.Bytes(0, 64)));
        first.Flush();

        Assert.Equal(1, first.Receive(burst, 32));
        Assert.Equal(7, burst[0].Frame[63]);
        Assert.Equal(3, burst[0].PortIndex);
        Assert.Equal(new PortCounters(1, 64, 1, 64, 0, 0), first.Counters);

        // A frame that was moved elsewhere cannot be sent from its buffer; the buffer comes back.
        burst[0].Frame = memory.Bytes(0, 64);
        Assert.False(first.Send(ref burst[0]));
        Assert.Equal(1ul, first.Counters.SendDrops);
    }

    [Fact]
    public void Two_revisions_share_a_device_until_both_have_closed_it()
    {
        const string Device = "vdev:net_ring_shared";
        OpenedPort running = Open(Device, out _)!;
        OpenedPort next = Open(Device, out ConfigFault? fault)!;
        Assert.Null(fault);
        OpenedPort forTwoWorkers = Open(Device, out fault, _clock, _clock)!;
        Assert.Single(forTwoWorkers.Queues).Dispose();

        running.Queues[0].Dispose();

        using NativeArray<byte> memory = new(64);
        PacketBurst burst = new();
        Assert.True(next.Queues[0].SendCopy(memory.Bytes(0, 64)));
        next.Queues[0].Flush();
        Assert.Equal(1, next.Queues[0].Receive(burst, 32));
        next.Queues[0].Free(ref burst[0]);
        next.Queues[0].Dispose();

        OpenedPort again = Open(Device, out fault, _clock, _clock)!;
        Assert.Null(fault);
        Assert.Null(Open(Device, out fault));
        Assert.Contains("restart the appliance", fault!.Message, StringComparison.Ordinal);
        Assert.All(again.Queues, queue => queue.Dispose());
    }

    [Fact]
    public void Captures_need_no_dpdk()
    {
        PcapFile.Write(
            Path.Combine(_folder, "one.pcap"),
            [PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).At(1_000_000_000)]);
        foreach (string device in new[] { "capture:one.pcap", "demo" })
        {
            OpenedPort? opened = Open(device, out ConfigFault? fault);
            Assert.Null(fault);
            using IPort port = opened!.Queues[0];
            PacketBurst burst = new();
            _clock.BeginBurst();
            Assert.Equal(1, port.Receive(burst, 32));
            port.Free(ref burst[0]);
        }
    }

    public void Dispose()
    {
        _factory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private OpenedPort? Open(string device, out ConfigFault? fault, params Clock[] clocks) =>
        _factory.Open(
            new PortDefinition { Id = "wan", Device = device },
            3,
            _folder,
            clocks.Length == 0 ? [_clock] : clocks,
            out fault);
}
