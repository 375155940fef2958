using System.Buffers.Binary;
using Dataplane.Native.Memory;
using Dataplane.Packets;
using Dataplane.Ports;
using Testing;

namespace Dataplane.Benchmarks.Scale;

/// <summary>Segments of any number of TCP flows, written into one burst's buffers as they are asked for: the
/// traffic itself takes no memory.</summary>
/// <remarks>
/// Flow n is 11.a.b.c to 192.168.0.1, where a.b.c is n. A round visits each flow once: handshakes in the
/// order of their numbers, data in an order that jumps about, so that no line is next to the one before.
/// Clients and servers send in turn, each acknowledging the other.
/// </remarks>
public sealed class ScalePort : IPort
{
    private const uint BufferBytes = 128;
    private const int PayloadBytes = 10;
    private const int HandshakeRounds = 3;
    private const int StepNs = 100;
    private const uint ClientFirst = 1_000;
    private const uint ServerFirst = 900_000;
    private const int Layer3 = 14;
    private const int Layer4 = 34;

    // 3^18 shares no factor with powers of ten.
    private const ulong Jump = 387_420_489;

    private readonly NativeArray<byte> _memory;
    private readonly uint _flows;
    private readonly byte[][] _templates;
    private long _timeNs = 1_700_000_000_000_000_000;
    private ulong _position;
    private long _left;

    public ScalePort(uint flows)
    {
        _flows = flows;
        _memory = new NativeArray<byte>(BufferBytes * PacketBurst.CapacityMax);
        _templates =
        [
            Template("11.0.0.0", "192.168.0.1", TcpFlags.Syn, 0), Template("192.168.0.1", "11.0.0.0",
                TcpFlags.Syn | TcpFlags.Ack, 0),
            Template("11.0.0.0", "192.168.0.1", TcpFlags.Ack, 0),
            Template("11.0.0.0", "192.168.0.1", TcpFlags.Ack | TcpFlags.Psh, PayloadBytes),
            Template("192.168.0.1", "11.0.0.0", TcpFlags.Ack | TcpFlags.Psh, PayloadBytes),
        ];
    }

    public string Id => "scale";

    public string Device => "memory";

    public byte Index => 0;

    public LinkType LinkType => LinkType.Ethernet;

    public object Pool => this;

    public bool Exhausted => _left == 0;

    public PortCounters Counters => default;

    /// <summary>Packets that open all flows.</summary>
    public long OpeningPackets => (long)_flows * HandshakeRounds;

    /// <summary>Gives so many packets more before it is exhausted.</summary>
    public void Give(long packets) => _left += packets;

    public int Receive(PacketBurst burst, int most)
    {
        int count = (int)Math.Min(Math.Min(most, PacketBurst.CapacityMax), _left);
        for (int i = 0; i < count; i++)
        {
            Write(ref burst[i], (uint)i);
        }

        _left -= count;
        burst.Count = count;
        return count;
    }

    public bool Send(ref Packet packet) => true;

    public bool SendCopy(PacketBytes frame) => true;

    public void Flush()
    {
    }

    public void Free(ref Packet packet)
    {
    }

    public void Dispose() => _memory.Dispose();

    private static byte[] Template(string from, string to, TcpFlags flags, int payload)
    {
        bool isClient = from[0] == '1' && from[1] == '1';
        return PacketBuilder.Ethernet().Ipv4(from, to)
            .Tcp(isClient ? 4_000 : 80, isClient ? 80 : 4_000, 0, 0, flags)
            .Payload(new byte[payload]).Build();
    }

    private void Write(ref Packet packet, uint buffer)
    {
        ulong round = _position / _flows;
        ulong place = _position++ % _flows;
        uint flow = (uint)(round < HandshakeRounds ? place : place * Jump % _flows);
        int kind = round < HandshakeRounds ? (int)round : (round - HandshakeRounds) % 2 == 0 ? 3 : 4;
        byte[] template = _templates[kind];
        PacketBytes frame = _memory.Bytes(buffer * BufferBytes, (uint)template.Length);
        Span<byte> bytes = frame.Span;
        template.CopyTo(bytes);
        bool isClient = kind is not (1 or 4);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(Layer3 + (isClient ? 12 : 16))..], (11u << 24) | flow);

        // Data rounds come in pairs: the client's first, then the server's.
        uint pairs = round < HandshakeRounds ? 0 : (uint)((round - HandshakeRounds) / 2);
        uint clientSent = ClientFirst + (kind == 0 ? 0 : 1 + (pairs * PayloadBytes));
        uint serverSent = ServerFirst + (kind == 1 ? 0 : 1 + (pairs * PayloadBytes));
        uint clientHas = kind == 4 ? clientSent + PayloadBytes : clientSent;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(Layer4 + 4)..], isClient ? clientSent : serverSent);
        uint acknowledged = kind == 0 ? 0 : isClient ? serverSent : clientHas;
        BinaryPrimitives.WriteUInt32BigEndian(bytes[(Layer4 + 8)..], acknowledged);
        packet.Frame = frame;
        packet.WireLength = (uint)template.Length;
        packet.LinkType = LinkType.Ethernet;
        packet.PortIndex = 0;
        packet.TimestampNs = _timeNs;
        _timeNs += StepNs;
    }
}
