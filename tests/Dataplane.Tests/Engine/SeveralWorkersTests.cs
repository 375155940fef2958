using Dataplane.Engine;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Engine;

/// <summary>Several workers share a port of one queue: each flow is one worker's, and nobody outside can
/// tell.</summary>
public sealed class SeveralWorkersTests
{
    private const string IcmpMark = "\"l4\":\"ICMP";

    public static TheoryData<string> Captures()
    {
        var data = new TheoryData<string>("demo");
        if (AcceptanceData.Find("tcp") is not null)
        {
            data.Add("shared");
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Two_workers_write_the_lines_that_one_writes(string set)
    {
        (string[] tcp, string[] flows) = Run(FilesOf(set), workers: 1, onThreads: false);
        Assert.NotEmpty(tcp);
        Assert.NotEmpty(flows);
        foreach (bool onThreads in new[] { false, true })
        {
            (string[] tcpOfTwo, string[] flowsOfTwo) = Run(FilesOf(set), workers: 2, onThreads);
            Assert.Equal(tcp, tcpOfTwo);
            Assert.Equal(flows, flowsOfTwo);
        }
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Fragments_and_tunnels_meet_again_with_one_worker_each(string set)
    {
        (_, string[] flows) = Run(FilesOf(set), workers: 1, onThreads: false);
        (_, string[] flowsOfThree) = Run(FilesOf(set), workers: 3, onThreads: false, hasOneReceiver: false);
        Assert.Equal(flows, flowsOfThree);
    }

    [Fact]
    public void Three_workers_write_the_lines_that_one_writes()
    {
        (string[] tcp, string[] flows) = Run(FilesOf("demo"), workers: 1, onThreads: false);
        (string[] tcpOfThree, string[] flowsOfThree) = Run(FilesOf("demo"), workers: 3, onThreads: false);
        Assert.Equal(tcp, tcpOfThree);
        Assert.Equal(flows, flowsOfThree);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Workers_whose_NFs_run_on_other_cores_write_the_lines_that_one_writes_alone(int workers)
    {
        (string[] tcp, string[] flows) = Run(FilesOf("demo"), workers: 1, onThreads: false);
        (string[] tcpOfLanes, string[] flowsOfLanes) =
            Run(FilesOf("demo"), workers, onThreads: true, placement: "parallel");
        Assert.Equal(tcp, tcpOfLanes);
        Assert.Equal(flows, flowsOfLanes);
    }

    [Fact]
    public void Packets_of_a_flow_leave_in_the_order_they_came_and_none_is_lost()
    {
        using var ingress = new StoredPort(FilesOf("demo"));
        using var group = new WorkerGroup(2, ingress, ingress);
        group.RunOnThreads();

        Assert.Equal(0, ingress.AwayCount);
        Assert.Equal((int)ingress.Count, ingress.Sent.Count);
        Assert.True(group.Parts[0].Counters.HandedOver > 100);
        Assert.True(group.Parts[1].Counters.FlowsStarted > 10);
        var last = new Dictionary<FlowKey, uint>();
        foreach (uint number in ingress.Sent)
        {
            if (DirectionOf(ingress.FrameOf(number)) is { } flow)
            {
                Assert.True(!last.TryGetValue(flow, out uint before) || before < number);
                last[flow] = number;
            }
        }
        Assert.True(last.Count > 100);
    }

    [Fact]
    public void Both_directions_of_every_flow_have_one_owner()
    {
        var owner = new FlowOwner(FlowHash.Fixed, 3);
        FlowHash hash = FlowHash.Fixed;
        var owned = new int[3];
        using var port = new StoredPort(FilesOf("demo"));
        var burst = new PacketBurst();
        while (port.Receive(burst, 64) > 0)
        {
            for (int i = 0; i < burst.Count; i++)
            {
                if (PacketParser.Parse(ref burst[i]) != 0 || burst[i].IpVersion == 0)
                {
                    continue;
                }
                FlowKey key = default;
                hash.Fill(ref burst[i], ref key);
                FlowKey turned = key with
                {
                    AddressAHigh = key.AddressBHigh,
                    AddressALow = key.AddressBLow,
                    PortA = key.PortB,
                    AddressBHigh = key.AddressAHigh,
                    AddressBLow = key.AddressALow,
                    PortB = key.PortA,
                };
                Assert.Equal(owner.Of(burst[i].FlowHash), owner.Of(hash.Of(in turned)));
                owned[owner.Of(burst[i].FlowHash)]++;
            }
        }
        Assert.All(owned, count => Assert.True(count > 100, "The hash leaves a worker idle."));
    }

    [Fact]
    public void An_ICMP_error_goes_to_the_owner_of_the_flow_it_speaks_of()
    {
        FlowHash hash = FlowHash.Fixed;
        var owner = new FlowOwner(hash, 16);
        for (int port = 1; port <= 200; port++)
        {
            Frame sent = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.9.0.2").Udp(port, 53)
                .Payload(new byte[8]).At(1);
            Frame error = PacketBuilder.Ethernet().Ipv4("10.5.0.7", "10.0.0.1").Icmp(3, 3, 0)
                .Payload(sent.Bytes.AsSpan(14, 28).ToArray()).At(2);
            Assert.Equal(OwnerOf(sent, in owner), OwnerOf(error, in owner));
        }
    }

    [Fact]
    public void All_fragments_of_a_datagram_go_to_one_worker()
    {
        using var port = new StoredPort(FilesOf("demo"));
        using var group = new WorkerGroup(2, port);
        Assert.True(group.Parts.Count == 2);
        var owner = new FlowOwner(FlowHash.Fixed, 16);
        byte[] head = Fragment(offset: 0, more: true);
        byte[] tail = Fragment(offset: 64, more: false);
        Assert.Equal(FragmentOwnerOf(head, in owner), FragmentOwnerOf(tail, in owner));
    }

    private static (string[] Tcp, string[] Flows) Run(
        IReadOnlyList<string> files, int workers, bool onThreads, bool hasOneReceiver = true,
        string placement = "inline")
    {
        using var port = new StoredPort(files);
        using var group =
            new WorkerGroup(workers, port, hasOneReceiver: hasOneReceiver, placement: placement);
        if (onThreads)
        {
            group.RunOnThreads();
        }
        else
        {
            group.RunByTurns();
        }
        Assert.Equal(0, port.AwayCount);
        Assert.True(workers == 1 || group.Parts[1].Counters.FlowsStarted > 0);

        // ICMP errors are with the flows they speak of, so an ICMP pair may be counted in parts.
        return (group.LinesOf("tcp.json"),
            [.. group.LinesOf("flows.json").Where(
                line => !line.Contains(IcmpMark, StringComparison.Ordinal))]);
    }

    private static IReadOnlyList<string> FilesOf(string set)
    {
        if (set == "demo")
        {
            DirectoryInfo at = new(AppContext.BaseDirectory);
            while (!Directory.Exists(Path.Combine(at.FullName, "installer", "demo")))
            {
                at = at.Parent!;
            }
            string demo = Path.Combine(at.FullName, "installer", "demo");
            return [.. Directory.EnumerateFiles(demo, "*.pcap").Order()];
        }
        const long SmallBytes = 300_000;
        string folder = Path.Combine(AcceptanceData.Find("tcp")!, "pcaps");
        return [.. Directory.EnumerateFiles(folder, "*.pcap", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length < SmallBytes).Order().Where((_, i) => i % 5 == 0)];
    }

    private static byte OwnerOf(Frame frame, in FlowOwner owner)
    {
        using var memory = new NativeArray<byte>((uint)frame.Bytes.Length);
        Packet packet = Parse(frame.Bytes, memory);
        FlowKey key = default;
        FlowHash.Fixed.Fill(ref packet, ref key);
        return owner.Of(in packet);
    }

    private static byte FragmentOwnerOf(byte[] frame, in FlowOwner owner)
    {
        using var memory = new NativeArray<byte>((uint)frame.Length);
        Packet packet = Parse(frame, memory);
        Assert.True((packet.Flags & PacketFlags.Fragment) != 0);
        return owner.OfFragment(in packet);
    }

    private static Packet Parse(byte[] bytes, NativeArray<byte> memory)
    {
        bytes.CopyTo(memory.AsSpan());
        Packet packet = default;
        packet.Frame = memory.Bytes(0, (uint)bytes.Length);
        packet.WireLength = (uint)bytes.Length;
        packet.LinkType = LinkType.Ethernet;
        Assert.Equal(0, (int)PacketParser.Parse(ref packet));
        return packet;
    }

    private static byte[] Fragment(int offset, bool more)
    {
        byte[] bytes = [.. PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.9.0.2").Udp(1, 2)
            .Payload(new byte[56]).At(1).Bytes];
        bytes[18] = 0x12;
        bytes[19] = 0x34;
        bytes[20] = (byte)(more ? 0x20 : 0);
        bytes[21] = (byte)(offset / 8);
        return bytes;
    }

    /// <summary>The 5-tuple of a TCP or UDP packet; null for others, whose order is that of the flow they
    /// speak of.</summary>
    private static FlowKey? DirectionOf(PacketBytes frame)
    {
        Packet packet = new()
        {
            Frame = frame, WireLength = (uint)frame.Length, LinkType = LinkType.Ethernet,
        };
        FlowKey key = default;
        bool isFlow = PacketParser.Parse(ref packet) == Counters.DropReason.None
            && packet.Protocol is IpProtocols.Tcp or IpProtocols.Udp
            && (packet.Flags & PacketFlags.Fragment) == 0;
        if (isFlow)
        {
            FlowHash.Fixed.Fill(ref packet, ref key);
        }
        return isFlow ? key : null;
    }
}
