using System.Buffers.Binary;
using System.Text;
using Dataplane.Native.Memory;
using Dataplane.Native.Ndpi;
using Testing;

namespace Dataplane.Tests.Native.Ndpi;

public sealed class NdpiModuleTests : IDisposable
{
    private const int EthernetBytes = 14;

    private readonly NdpiModule _module = new(flowMax: 4);
    private readonly NativeArray<byte> _memory = new(2048);
    private readonly byte[] _text = new byte[256];

    [Fact]
    public void Http_is_identified_with_its_host()
    {
        TcpScript script = TcpScript.Between("10.0.0.1:40000", "10.0.0.2:80").Handshake()
            .ClientSends("GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: curl/7\r\n\r\n")
            .ServerSends("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok");

        (NdpiStep step, NdpiAnswer answer, string host) = Feed(script.Frames);

        Assert.Equal(NdpiStep.Decided, step);
        Assert.Equal("HTTP", _module.ProtocolName(answer.Master, answer.App));
        Assert.Equal("DPI", NdpiModule.ConfidenceName(answer.Confidence));
        Assert.Equal("Web", _module.CategoryName(answer.Category));
        Assert.Equal("www.example.org", host);
    }

    [Fact]
    public void Tls_is_identified_with_its_server_name_and_waits_for_the_certificate()
    {
        TcpScript script = TcpScript.Between("10.0.0.1:40000", "10.0.0.2:443").Handshake()
            .ClientSends(ClientHello("www.example.org"));

        (NdpiStep step, NdpiAnswer answer, string host) = Feed(script.Frames);

        Assert.Equal(NdpiStep.GoOn, step);
        Assert.Equal("TLS", _module.ProtocolName(answer.Master, answer.App));
        Assert.Equal("www.example.org", host);
    }

    [Fact]
    public void Dns_is_identified_with_its_question()
    {
        byte[] name = [7, .. "example"u8, 3, .. "org"u8, 0];
        byte[] query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name, 0, 1, 0, 1];
        byte[] reply =
        [
            0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. query.AsSpan(12),
            0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 93, 184, 216, 34,
        ];
        Frame ask = PacketBuilder.Ethernet()
            .Ipv4("10.0.0.1", "10.0.0.2").Udp(40000, 53).Payload(query).At(0);
        Frame tell = PacketBuilder.Ethernet()
            .Ipv4("10.0.0.2", "10.0.0.1").Udp(53, 40000).Payload(reply).At(1);

        (NdpiStep step, NdpiAnswer answer, string host) = Feed([ask, tell]);

        Assert.Equal(NdpiStep.Decided, step);
        Assert.Equal("DNS", _module.ProtocolName(answer.Master, answer.App));
        Assert.Equal("example.org", host);
    }

    [Fact]
    public void Noise_on_a_known_port_is_guessed_when_the_last_turn_comes()
    {
        Frame frame = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2").Udp(40000, 1194)
            .Payload([0xFE, 0xDC, 0xBA, 0x98, 0x76]).At(0);
        Assert.True(_module.TryOpen(out uint flow));

        Assert.Equal(NdpiStep.GoOn, Process(flow, frame, NdpiTurn.More, out _));
        Assert.Equal(NdpiStep.Decided, Process(flow, frame, NdpiTurn.Last, out NdpiAnswer answer));

        Assert.Equal("OpenVPN", _module.ProtocolName(answer.Master, answer.App));
        Assert.Equal("Match by port", NdpiModule.ConfidenceName(answer.Confidence));
        Assert.Equal(1, answer.Guessed);
    }

    [Fact]
    public void A_flow_that_ends_early_gets_the_best_answer_there_is()
    {
        TcpScript script = TcpScript.Between("10.0.0.1:40000", "10.0.0.2:22").Handshake();
        Assert.True(_module.TryOpen(out uint flow));
        foreach (Frame frame in script.Frames)
        {
            Assert.Equal(NdpiStep.GoOn, Process(flow, frame, NdpiTurn.More, out NdpiAnswer sofar));
            Assert.True(sofar.IsUnknown);
        }

        NdpiAnswer answer = _module.GiveUp(flow);

        Assert.Equal("SSH", _module.ProtocolName(answer.Master, answer.App));
    }

    [Fact]
    public void The_pool_ends_at_its_limit_and_closed_flows_refuse_packets()
    {
        Assert.True(_module.TryOpen(out uint first));
        Assert.True(_module.TryOpen(out _));
        Assert.True(_module.TryOpen(out _));
        Assert.True(_module.TryOpen(out _));
        Assert.False(_module.TryOpen(out _));
        Assert.Equal(4u, _module.OpenCount);

        _module.Close(first);

        Assert.Equal(3u, _module.OpenCount);
        Assert.Throws<InvalidOperationException>(() => _module.Close(first));
        Assert.Throws<InvalidOperationException>(() => _module.GiveUp(first));
        Assert.Throws<ArgumentOutOfRangeException>(() => _module.GiveUp(4));
    }

    [Fact]
    public void Every_truncation_of_a_hello_is_survived()
    {
        byte[] whole = TcpScript.Between("10.0.0.1:40000", "10.0.0.2:443").Handshake()
            .ClientSends(ClientHello("www.example.org")).Frames[3].Bytes;
        for (int length = EthernetBytes; length <= whole.Length; length++)
        {
            Assert.True(_module.TryOpen(out uint flow));
            Process(flow, new Frame(0, whole[..length]), NdpiTurn.Last, out _);
            _module.Close(flow);
        }
        Assert.Equal(0u, _module.OpenCount);
    }

    public void Dispose()
    {
        _module.Dispose();
        _memory.Dispose();
    }

    private (NdpiStep Step, NdpiAnswer Answer, string Host) Feed(IReadOnlyList<Frame> frames)
    {
        Assert.True(_module.TryOpen(out uint flow));
        NdpiStep step = NdpiStep.GoOn;
        NdpiAnswer answer = default;
        foreach (Frame frame in frames.TakeWhile(_ => step == NdpiStep.GoOn))
        {
            step = Process(flow, frame, NdpiTurn.More, out answer);
        }
        string host = Encoding.Latin1.GetString(_text, 0, _module.HostName(flow, _text));
        _module.Close(flow);
        return (step, answer, host);
    }

    private NdpiStep Process(uint flow, Frame frame, NdpiTurn turn, out NdpiAnswer answer)
    {
        frame.Bytes.CopyTo(_memory.AsSpan());
        PacketBytes bytes = _memory.Bytes(0, (uint)frame.Bytes.Length).Slice(EthernetBytes);
        return _module.Process(flow, bytes, (ulong)(frame.TimestampNs / 1_000_000), turn, out answer);
    }

    /// <summary>
    /// A TLS 1.2 ClientHello with two cipher suites and one extension: the server name (RFC 6066).
    /// </summary>
    private static byte[] ClientHello(string host)
    {
        byte[] name = Encoding.ASCII.GetBytes(host);
        byte[] entry = [0, .. Length(name.Length), .. name];
        byte[] serverName = [0, 0, .. Length(entry.Length + 2), .. Length(entry.Length), .. entry];
        byte[] body =
        [
            3, 3, .. new byte[32], 0, .. Length(4), 0xC0, 0x2F, 0xC0, 0x30, 1, 0,
            .. Length(serverName.Length), .. serverName,
        ];
        byte[] handshake = [1, 0, .. Length(body.Length), .. body];
        return [22, 3, 1, .. Length(handshake.Length), .. handshake];
    }

    private static byte[] Length(int length)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)length);
        return bytes;
    }
}
