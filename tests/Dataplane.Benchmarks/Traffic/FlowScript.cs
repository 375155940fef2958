using System.Buffers.Binary;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Benchmarks.Traffic;

/// <summary>Writes one flow as frames: client 10.0.x.y, where x.y is the flow's number, server
/// 192.168.1.z.</summary>
public sealed class FlowScript
{
    /// <summary>Payload of a full segment.</summary>
    public const int SegmentBytes = 1_460;

    private const int TcpHeaderBytes = 20;
    private const int UdpHeaderBytes = 8;
    private const int Servers = 200;
    private static readonly byte[] ClientMac = [2, 0, 0, 0, 0, 1];
    private static readonly byte[] ServerMac = [2, 0, 0, 0, 0, 2];
    private static readonly byte[] SynOptions = [2, 4, 5, 180];

    private readonly int _flow;
    private readonly End _client;
    private readonly End _server;
    private readonly long _stepNs;
    private readonly List<TrafficFrame> _frames = [];
    private long _nowNs;

    /// <summary>A flow to a port of the server whose frames are <paramref name="stepNs"/> apart.</summary>
    public FlowScript(int flow, int serverPort, long startNs, long stepNs)
    {
        (_flow, _nowNs, _stepNs) = (flow, startNs, stepNs);
        byte[] client = [10, 0, (byte)(flow >> 8), (byte)flow];
        byte[] server = [192, 168, 1, (byte)(1 + (flow % Servers))];
        _client = new End(client, 20_000 + (flow % 20_000), 1_000u + (uint)flow);
        _server = new End(server, serverPort, 900_000u + (uint)flow);
    }

    /// <summary>All frames so far.</summary>
    public IReadOnlyList<TrafficFrame> Frames => _frames;

    /// <summary>Client's address and port, as text.</summary>
    public string Client => $"{string.Join('.', _client.Address)}:{_client.Port}";

    public void Handshake()
    {
        _ = Tcp(Side.Client, TcpFlags.Syn, -1, [], SynOptions);
        _ = Tcp(Side.Server, TcpFlags.Syn | TcpFlags.Ack, -1, [], SynOptions);
        Acknowledge(Side.Client);
    }

    /// <summary>One segment with the side's next bytes.</summary>
    public TrafficFrame Sends(Side side, ReadOnlySpan<byte> bytes) => Segment(side, Of(side).Sent, bytes);

    /// <summary>One segment at an offset of the side's stream.</summary>
    public TrafficFrame Segment(Side side, long offset, ReadOnlySpan<byte> bytes)
    {
        TrafficFrame frame = Tcp(side, TcpFlags.Psh | TcpFlags.Ack, offset, bytes, []);
        Of(side).Sent = Math.Max(Of(side).Sent, offset + bytes.Length);
        return frame;
    }

    /// <summary>Offset of the side's next byte.</summary>
    public long Offset(Side side) => Of(side).Sent;

    /// <summary>An ACK of all that the other side sent.</summary>
    public void Acknowledge(Side side) => _ = Tcp(side, TcpFlags.Ack, Of(side).Sent, [], []);

    /// <summary>FIN of both sides in three packets.</summary>
    public void Close()
    {
        _ = Tcp(Side.Client, TcpFlags.Fin | TcpFlags.Ack, _client.Sent++, [], []);
        _ = Tcp(Side.Server, TcpFlags.Fin | TcpFlags.Ack, _server.Sent++, [], []);
        Acknowledge(Side.Client);
    }

    /// <summary>One datagram.</summary>
    public void Datagram(Side side, ReadOnlySpan<byte> bytes)
    {
        (End from, End to) = Ends(side);
        byte[] udp = new byte[UdpHeaderBytes + bytes.Length];
        WritePorts(udp, from, to);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), (ushort)udp.Length);
        bytes.CopyTo(udp.AsSpan(UdpHeaderBytes));
        ushort sum = InternetChecksum.WithPseudoHeader(from.Address, to.Address, IpProtocols.Udp, udp);
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(6), sum == 0 ? (ushort)0xFFFF : sum);
        _ = Add(side, IpProtocols.Udp, udp, UdpHeaderBytes);
    }

    private TrafficFrame Tcp(
        Side side, TcpFlags flags, long offset, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> options)
    {
        (End from, End to) = Ends(side);
        int header = TcpHeaderBytes + options.Length;
        byte[] tcp = new byte[header + bytes.Length];
        WritePorts(tcp, from, to);
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(4), from.First + 1 + (uint)offset);
        uint acknowledged = flags.HasFlag(TcpFlags.Ack) ? to.First + 1 + (uint)to.Sent : 0;
        BinaryPrimitives.WriteUInt32BigEndian(tcp.AsSpan(8), acknowledged);
        tcp[12] = (byte)(header / 4 << 4);
        tcp[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(14), ushort.MaxValue);
        options.CopyTo(tcp.AsSpan(TcpHeaderBytes));
        bytes.CopyTo(tcp.AsSpan(header));
        ushort sum = InternetChecksum.WithPseudoHeader(from.Address, to.Address, IpProtocols.Tcp, tcp);
        BinaryPrimitives.WriteUInt16BigEndian(tcp.AsSpan(16), sum);
        return Add(side, IpProtocols.Tcp, tcp, header);
    }

    private TrafficFrame Add(Side side, byte protocol, byte[] body, int headerBytes)
    {
        (End from, End to) = Ends(side);
        byte[] frame = new byte[TrafficFrame.Layer4Offset + body.Length];
        (side == Side.Client ? ServerMac : ClientMac).CopyTo(frame, 0);
        (side == Side.Client ? ClientMac : ServerMac).CopyTo(frame, 6);
        frame[12] = 8;
        Span<byte> ip = frame.AsSpan(TrafficFrame.Layer3Offset, 20);
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(20 + body.Length));
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], from.NextId++);
        ip[6] = 0x40;
        ip[8] = 64;
        ip[9] = protocol;
        from.Address.CopyTo(ip[12..]);
        to.Address.CopyTo(ip[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], InternetChecksum.Of(ip.ToArray()));
        body.CopyTo(frame, TrafficFrame.Layer4Offset);
        var added = new TrafficFrame(
            _nowNs, frame, _flow, side, TrafficFrame.Layer4Offset + headerBytes);
        _frames.Add(added);
        _nowNs += _stepNs;
        return added;
    }

    private static void WritePorts(Span<byte> header, End from, End to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, (ushort)from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)to.Port);
    }

    private End Of(Side side) => side == Side.Client ? _client : _server;

    private (End From, End To) Ends(Side side) => (Of(side), Of(side.Other()));

    private sealed class End(byte[] address, int port, uint first)
    {
        public byte[] Address => address;

        public int Port => port;

        /// <summary>The SYN's sequence number.</summary>
        public uint First => first;

        /// <summary>Bytes sent, and the FIN.</summary>
        public long Sent { get; set; }

        public ushort NextId { get; set; } = 1;
    }
}
