using System.Net;
using System.Net.Sockets;
using System.Text;
using Dataplane.Contract.Shared;
using Persistence;

namespace ControlApi.Tests.Harness;

/// <summary>Writes a real spool as the dataplane does.</summary>
public sealed class TestSpool : IDisposable
{
    private const ushort Node = 7;

    private readonly string _folder;
    private readonly int _segmentBytes;
    private readonly byte[] _record = new byte[SpoolLayout.RecordBytesMax];
    private SpoolSegmentWriter _segment;
    private ulong _number;

    public TestSpool(string folder, ulong firstSegment = 1, ulong nextSequence = 1,
        int segmentBytes = 1 << 20)
    {
        _folder = folder;
        _segmentBytes = segmentBytes;
        _number = firstSegment;
        Next = nextSequence;
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, SpoolLayout.CatalogFile(SampleCatalog.Hash)),
            SampleCatalog.Json);
        _segment = Create();
    }

    /// <summary>The number that the next record gets.</summary>
    public ulong Next { get; private set; }

    /// <summary>Arrival of the next record; also its packet time.</summary>
    public DateTimeOffset Time { get; set; } = DateTimeOffset.UtcNow;

    /// <summary>Appends an alert and returns its number.</summary>
    public ulong Alert(
        string signature = "SQL injection attempt", uint sid = 2000001, string source = "10.0.0.1",
        ushort sourcePort = 40000, string destination = "192.168.1.2", ushort destinationPort = 80,
        byte severity = 1, byte[]? packet = null, SpoolAction action = SpoolAction.Allowed)
        => Append(Header(SampleCatalog.IdsAlert, severity) with
        {
            Flow = 123456789,
            Protocol = 6,
            SourceAddress = SharedAddress.Of(IPAddress.Parse(source)),
            SourcePort = sourcePort,
            DestinationAddress = SharedAddress.Of(IPAddress.Parse(destination)),
            DestinationPort = destinationPort,
            Action = action,
            PacketWireBytes = (uint)(packet?.Length ?? 0),
        }, SampleCatalog.AlertBody(sid, signature, "Web attack"), "http", packet ?? []);

    /// <summary>Appends a notice of another type, without a flow.</summary>
    public ulong Notice(int type, byte severity) => Append(Header(type, severity), new byte[24], "", []);

    public static void Wake(string runFolder)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        socket.SendTo([1], new UnixDomainSocketEndPoint(Path.Combine(runFolder, SpoolLayout.WakeSocket)));
    }

    /// <summary>Goes on in a new segment, as a writer does that starts again.</summary>
    public void Roll()
    {
        SpoolSegmentWriter old = _segment;
        _number++;
        _segment = Create();
        old.MarkClosed();
        old.Dispose();
    }

    public void Dispose() => _segment.Dispose();

    private ulong Append(SpoolRecordHeader header, byte[] body, string application, byte[] packet)
    {
        int bytes = SpoolEncoder.Encode(_record, header, "ids"u8, "edge-in"u8,
            Encoding.UTF8.GetBytes(application), body,
            packet);
        if (!_segment.TryAppend(_record.AsSpan(0, bytes), Next))
        {
            Roll();
            Assert.True(_segment.TryAppend(_record.AsSpan(0, bytes), Next));
        }
        return Next++;
    }

    private SpoolRecordHeader Header(int type, byte severity)
    {
        long now = Microseconds.Of(Time);
        return new SpoolRecordHeader
        {
            Sequence = Next,
            IdHigh = SpoolId.High(now / 1000, Node),
            Time = now,
            ReceivedAt = now,
            Revision = 1,
            Type = (ushort)type,
            Severity = severity,
        };
    }

    private SpoolSegmentWriter Create() => SpoolSegmentWriter.Create(
        _folder, _number, Next, Node, "edge-1", SampleCatalog.Hash, Microseconds.Of(Time), _segmentBytes);
}
