using System.Buffers.Binary;
using System.Text;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;

namespace Dataplane.Engine;

/// <summary>Gives made-up short HTTP connections and DNS queries, for <see cref="WarmUp"/> only.</summary>
public sealed class WarmUpPort : IPort
{
    private const uint FrameBytes = 256;
    private const long StepNs = 10_000;
    private const byte Fin = 1, Syn = 2, Push = 8, Ack = 16;

    // A connection: who sends, flags, how many payload bytes.
    private static readonly (bool FromClient, byte Flags, string Payload)[] Script =
    [
        (true, Syn, ""),
        (false, Syn | Ack, ""),
        (true, Ack, ""),
        (true, Push | Ack,
        "GET /index.html?id=1 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: warm-up\r\n\r\n"),
        (false, Push | Ack, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello"),
        (true, Ack, ""),
        (true, Fin | Ack, ""),
        (false, Fin | Ack, ""),
        (true, Ack, ""),
        (true, 0, "\u0012\u0034\u0001\0\0\u0001\0\0\0\0\0\0"
                + "\u0003www\u0007example\u0003com\0\0\u0001\0\u0001"),
    ];

    private readonly NativeArray<byte> _frames = new(PacketBurst.CapacityMax * FrameBytes);
    private readonly int _packets;
    private int _made;
    private uint _clientNext;
    private uint _serverNext;

    /// <summary>A port that gives so many packets.</summary>
    public WarmUpPort(byte index, int packets) => (Index, _packets) = (index, packets);

    public string Id => "warm-up";

    public string Device => "warm-up";

    public byte Index { get; }

    public LinkType LinkType => LinkType.Ethernet;

    public bool Exhausted => _made >= _packets;

    public PortCounters Counters => default;

    public int Receive(PacketBurst burst, int most)
    {
        burst.Count = 0;
        while (burst.Count < most && !Exhausted)
        {
            Make(ref burst[burst.Count], (uint)burst.Count);
            burst.Count++;
        }

        return burst.Count;
    }

    public object Pool => this;

    public bool Send(ref Packet packet) => true;

    public bool SendCopy(PacketBytes frame) => true;

    public void Flush()
    {
    }

    public void Free(ref Packet packet)
    {
    }

    public void Dispose() => _frames.Dispose();

    private void Make(ref Packet packet, uint place)
    {
        (bool fromClient, byte flags, string text) = Script[_made % Script.Length];
        int connection = _made / Script.Length;
        Span<byte> frame = _frames.AsSpan(place * FrameBytes, FrameBytes);
        frame.Clear();
        int payload = Encoding.Latin1.GetByteCount(text);
        bool isTcp = flags != 0;
        int header = isTcp ? 20 : 8;
        WriteIp(frame, connection, fromClient, isTcp ? IpProtocols.Tcp : IpProtocols.Udp, header + payload);
        Span<byte> layer4 = frame[34..];
        ushort clientPort = (ushort)(1024 + (connection % 60_000));
        ushort serverPort = isTcp ? (ushort)80 : (ushort)53;
        BinaryPrimitives.WriteUInt16BigEndian(layer4, fromClient ? clientPort : serverPort);
        BinaryPrimitives.WriteUInt16BigEndian(layer4[2..], fromClient ? serverPort : clientPort);
        if (isTcp)
        {
            WriteTcp(layer4, fromClient, flags, payload);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(layer4[4..], (ushort)(header + payload));
        }

        Encoding.Latin1.GetBytes(text, layer4[header..]);
        uint length = (uint)(34 + header + payload);
        packet.Frame = _frames.Bytes(place * FrameBytes, length);
        packet.WireLength = length;
        packet.LinkType = LinkType.Ethernet;
        packet.PortIndex = Index;
        packet.TimestampNs = 1_000_000_000L + (_made++ * StepNs);
    }

    private static void WriteIp(Span<byte> frame, int connection, bool fromClient, byte protocol, int body)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], EtherTypes.Ipv4);
        Span<byte> ip = frame[14..];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(Ipv4.HeaderBytesMin + body));
        ip[8] = 64;
        ip[9] = protocol;
        uint client = 0x0A00_0000u + (uint)connection;
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], fromClient ? client : 0xC0A8_0001);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], fromClient ? 0xC0A8_0001 : client);
    }

    private void WriteTcp(Span<byte> tcp, bool fromClient, byte flags, int payload)
    {
        if (flags == Syn)
        {
            (_clientNext, _serverNext) = (1_000, 5_000);
        }

        ref uint next = ref fromClient ? ref _clientNext : ref _serverNext;
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], next);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], fromClient ? _serverNext : _clientNext);
        tcp[12] = 0x50;
        tcp[13] = flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], ushort.MaxValue);
        next += (uint)payload + ((flags & (Syn | Fin)) != 0 ? 1u : 0);
    }
}
