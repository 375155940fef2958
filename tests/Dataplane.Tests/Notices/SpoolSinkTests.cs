using System.Net.Sockets;
using System.Text;
using Dataplane.Chains;
using Dataplane.Contract.Catalog;
using Dataplane.Contract.Shared;
using Dataplane.Events;
using Dataplane.Flows;
using Dataplane.Native.Memory;
using Dataplane.Notices;
using Dataplane.Packets;

namespace Dataplane.Tests.Notices;

public sealed class SpoolSinkTests
{
    private const long TimeNs = 1_795_419_290_123_456_789;

    [Fact]
    public void An_alert_reaches_the_spool_with_flow_direction_severity_action_and_packet()
    {
        using SpoolFolder folder = new();
        using NoticeSpool spool = folder.Open();
        using SpoolSink sink = new();
        sink.Use(41);
        AcceptDetection(sink, "HTTP.Google");
        AcceptAlert(sink, Side.Server, IdsAction.Blocked, severity: 2);

        Assert.Equal(2, sink.Drain(spool, 10, SpoolFolder.StartUs));

        using SpoolReader reader = new(folder.Path, 1);
        Assert.True(reader.TryRead(out SpoolRecord record));
        SpoolRecordHeader header = record.Header;
        Assert.Equal(EventType<IdsAlert>.Id, header.Type);
        Assert.Equal(41u, header.Revision);
        Assert.Equal(2, header.Severity);
        Assert.Equal(SpoolAction.Blocked, header.Action);
        Assert.Equal(TimeNs / 1_000, header.Time);
        Assert.Equal("10.0.0.2", header.SourceAddress.ToIpAddress().ToString());
        Assert.Equal(80, header.SourcePort);
        Assert.Equal("10.0.0.1", header.DestinationAddress.ToIpAddress().ToString());
        Assert.Equal(1000, header.DestinationPort);
        Assert.Equal(FlowId.Of(2, 5).Identity(9), header.Flow);
        Assert.Equal(6, header.Protocol);
        Assert.Equal(100, header.Vlan);
        Assert.Equal("http"u8, record.AppProtocol);
        Assert.Equal(64, record.Packet.Length);
        Assert.Equal(1_000u, header.PacketWireBytes);
        Assert.Equal(3, header.Port);
    }

    [Fact]
    public void The_body_is_laid_out_as_the_catalogue_says()
    {
        using SpoolFolder folder = new();
        using NoticeSpool spool = folder.Open();
        using SpoolSink sink = new();
        AcceptAlert(sink, Side.Client, IdsAction.Allowed, severity: 1);
        sink.Drain(spool, 10, SpoolFolder.StartUs);

        using SpoolReader reader = new(folder.Path, 0);
        Assert.True(reader.TryRead(out SpoolRecord record));

        Assert.Equal("9", Read(record.Body, "gid"));
        Assert.Equal("3", Read(record.Body, "rev"));
        Assert.Equal("SQL injection", Read(record.Body, "signature"));
        Assert.Equal("Web", Read(record.Body, "category"));
        Assert.Equal(4711u, Reinterpret.Read<IdsAlert>(record.Body).Ids.Sid);
    }

    [Fact]
    public void A_full_ring_costs_notices_that_are_numbered_and_announced_but_never_time()
    {
        using SpoolFolder folder = new();
        using NoticeSpool spool = folder.Open();
        using SpoolSink sink = new(ringBytes: 4_096);
        for (int i = 0; i < 100; i++)
        {
            AcceptAlert(sink, Side.Client, IdsAction.Allowed, severity: 1);
        }
        Assert.InRange(sink.ShedCount, 80u, 99u);

        while (sink.Drain(spool, 10, SpoolFolder.StartUs) != 0)
        {
        }
        spool.Tick(SpoolFolder.StartUs);

        Assert.Equal(sink.ShedCount, spool.LostCount);
        Assert.Equal(101u, spool.LastSequence); // 100 notices and the news of the lost ones
        Assert.Contains(folder.Read(), r => r.Text == $"lost 1-{sink.ShedCount}");
    }

    [Fact]
    public void Accepting_allocates_nothing()
    {
        using SpoolSink sink = new(ringBytes: 4_096);
        long allocated = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 50; i++)
            {
                Accept(sink, new IdsAlert(new IdsEvent(1, 2, 3, IdsAction.Allowed), 0, 0, Side.Client),
                    default);
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void The_reader_is_woken_by_a_byte_also_when_it_comes_later()
    {
        string folder = Directory.CreateTempSubdirectory("wake-").FullName;
        string path = Path.Combine(folder, "notices.sock");
        using WakeSocket wake = new(path);
        wake.Wake(0); // nobody there yet
        using Socket reader = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        reader.Bind(new UnixDomainSocketEndPoint(path));

        wake.Settle(1_000_000);
        Assert.Equal(1, reader.Receive(new byte[8]));
        for (int i = 0; i < 1_000; i++)
        {
            wake.Wake(1_000_000); // a queue that is full is no error and makes nobody wait
        }
        Assert.Equal(1, reader.Receive(new byte[8]));

        reader.Dispose();
        wake.Wake(2_000_000);
        Directory.Delete(folder, recursive: true);
    }

    private static string Read(ReadOnlySpan<byte> body, string field)
    {
        EventField place = NoticeLayout.Of(EventType<IdsAlert>.Id).Fields.Single(f => f.Name == field);
        if (place.Type == "u32")
        {
            return BitConverter.ToUInt32(body[place.Offset..])
                .ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
        int at = BitConverter.ToUInt16(body[place.Offset..]);
        return Encoding.UTF8.GetString(body.Slice(at + 2, BitConverter.ToUInt16(body[at..])));
    }

    private static void AcceptDetection(SpoolSink sink, string protocol) =>
        Accept(sink, new DpiDetect(new DpiEvent(7, 0, DpiConfidence.Dpi, 4)), Text(protocol));

    private static void AcceptAlert(SpoolSink sink, Side source, IdsAction action, byte severity) => Accept(
        sink,
        new IdsAlert(new IdsEvent(1, 4711, severity, action), 0, 0, source),
        [.. BitConverter.GetBytes(9u), .. BitConverter.GetBytes(3u), .. Text("SQL injection"),
        .. Text("Web")]);

    private static void Accept<T>(SpoolSink sink, T body, ReadOnlySpan<byte> side)
        where T : unmanaged, IEvent
    {
        EventRecord record =
            new() { TypeId = EventType<T>.Id, Flow = FlowId.Of(2, 5), Generation = 9, TimeNs = TimeNs };
        Reinterpret.As<EventBody, T>(ref record.Body) = body;
        FlowEntry flow = default;
        FlowKey key = new()
        {
            AddressALow = Ipv4(10, 0, 0, 1),
            AddressBLow = Ipv4(10, 0, 0, 2),
            PortA = 1000,
            PortB = 80,
            Protocol = 6,
            IpVersion = 4,
            Vlan = 100,
        };
        Packet packet = new() { Frame = Frame.Bytes(0, 64), WireLength = 1_000, PortIndex = 3 };
        sink.Accept(
            new Notice(in record, side, null, Chain, in flow, in key, in packet, PacketPresence.Present));
    }

    private static readonly NativeArray<byte> Frame = new(64);

    private static readonly Chain Chain = Chain.Unmatched(0);

    private static ulong Ipv4(byte a, byte b, byte c, byte d) =>
        BitConverter.ToUInt64([0, 0, 0xFF, 0xFF, a, b, c, d]);

    private static byte[] Text(string text) =>
        [.. BitConverter.GetBytes((ushort)text.Length), .. Encoding.UTF8.GetBytes(text)];
}
