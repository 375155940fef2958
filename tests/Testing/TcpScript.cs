using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Testing;

/// <summary>Writes one TCP connection as a sequence of frames: what both ends would send, step by
/// step.</summary>
/// <remarks>
/// Stream offsets count from the first byte after the SYN. Each frame is <see cref="Every"/> later than the
/// one before. <c>…Sends</c> is acknowledged by the other side; <c>…Segment</c> and <c>…Retransmits</c> are
/// not.
/// </remarks>
public sealed class TcpScript
{
    private readonly List<Frame> _frames = [];
    private readonly Half _client, _server;
    private int[] _vlans = [];
    private long _now = 1_700_000_000_000_000_000;
    private long _stepNs = 100_000;
    private int _segmentBytes = 1460;
    private int _ttl = 64;

    private TcpScript(IPEndPoint client, IPEndPoint server)
    {
        _client = new Half(client, "02:00:00:00:00:01", 1_000);
        _server = new Half(server, "02:00:00:00:00:02", 5_000_000);
    }

    /// <summary>All frames so far, in the order of time.</summary>
    public IReadOnlyList<Frame> Frames => _frames;

    /// <summary>Time of the next frame.</summary>
    public long NowNs => _now;

    /// <summary>End points as <c>10.0.0.1:4000</c> or <c>[2001:db8::1]:4000</c>; the client comes
    /// first.</summary>
    public static TcpScript Between(string client, string server) =>
        new(IPEndPoint.Parse(client), IPEndPoint.Parse(server));

    public TcpScript StartingAt(long timestampNs)
    {
        _now = timestampNs;
        return this;
    }

    /// <summary>Time between frames; 100 µs unless told.</summary>
    public TcpScript Every(TimeSpan step)
    {
        _stepNs = (long)step.TotalNanoseconds;
        return this;
    }

    public TcpScript Wait(TimeSpan pause)
    {
        _now += (long)pause.TotalNanoseconds;
        return this;
    }

    /// <summary>VLAN tags of all frames from here on, outer first.</summary>
    public TcpScript OnVlan(params int[] ids)
    {
        _vlans = ids;
        return this;
    }

    /// <summary>Initial sequence numbers; choose them near 2^32 to make them wrap.</summary>
    public TcpScript WithSequences(uint client, uint server)
    {
        _client.InitialSequence = client;
        _server.InitialSequence = server;
        return this;
    }

    /// <summary>Most payload in one segment; 1,460 unless told.</summary>
    public TcpScript WithSegments(int bytes)
    {
        _segmentBytes = bytes;
        return this;
    }

    public TcpScript WithTtl(int ttl)
    {
        _ttl = ttl;
        return this;
    }

    public TcpScript Handshake() => Syn().SynAck().ClientAcks();

    public TcpScript Syn() => Send(_client, TcpFlags.Syn, -1, [], SynOptions(_segmentBytes));

    public TcpScript SynAck() =>
        Send(_server, TcpFlags.Syn | TcpFlags.Ack, -1, [], SynOptions(_segmentBytes));

    public TcpScript ClientSends(int length) => Stream(_client, Pattern(_client, length)).ServerAcks();

    public TcpScript ClientSends(string text) => Stream(_client, Encoding.Latin1.GetBytes(text)).ServerAcks();

    public TcpScript ClientSends(byte[] bytes) => Stream(_client, bytes).ServerAcks();

    public TcpScript ServerSends(int length) => Stream(_server, Pattern(_server, length)).ClientAcks();

    public TcpScript ServerSends(string text) => Stream(_server, Encoding.Latin1.GetBytes(text)).ClientAcks();

    public TcpScript ServerSends(byte[] bytes) => Stream(_server, bytes).ClientAcks();

    /// <summary>One segment at a stream offset, in or out of order, fresh or overlapping.</summary>
    public TcpScript ClientSegment(long offset, string text) =>
        ClientSegment(offset, Encoding.Latin1.GetBytes(text));

    public TcpScript ClientSegment(long offset, byte[] bytes) => Segment(_client, offset, bytes);

    public TcpScript ServerSegment(long offset, string text) =>
        ServerSegment(offset, Encoding.Latin1.GetBytes(text));

    public TcpScript ServerSegment(long offset, byte[] bytes) => Segment(_server, offset, bytes);

    /// <summary>The last segment with payload once more, byte for byte.</summary>
    public TcpScript ClientRetransmits() => Segment(_client, _client.LastOffset, _client.LastBytes);

    public TcpScript ServerRetransmits() => Segment(_server, _server.LastOffset, _server.LastBytes);

    public TcpScript ClientAcks() => Send(_client, TcpFlags.Ack, _client.Sent, []);

    public TcpScript ServerAcks() => Send(_server, TcpFlags.Ack, _server.Sent, []);

    public TcpScript ClientWindow(int window)
    {
        _client.Window = window;
        return this;
    }

    public TcpScript ServerWindow(int window)
    {
        _server.Window = window;
        return this;
    }

    public TcpScript ClientFins() => Fin(_client);

    public TcpScript ServerFins() => Fin(_server);

    /// <summary>FIN of the client, then of the server, both acknowledged.</summary>
    public TcpScript Close() => ClientFins().ServerAcks().ServerFins().ClientAcks();

    public TcpScript ClientResets() => Send(_client, TcpFlags.Rst | TcpFlags.Ack, _client.Sent, []);

    public TcpScript ServerResets() => Send(_server, TcpFlags.Rst | TcpFlags.Ack, _server.Sent, []);

    /// <summary>A segment of any kind from the client; offset -1 is the SYN's place.</summary>
    public TcpScript ClientRaw(TcpFlags flags, long offset, byte[] bytes) =>
        Send(_client, flags, offset, bytes);

    public TcpScript ServerRaw(TcpFlags flags, long offset, byte[] bytes) =>
        Send(_server, flags, offset, bytes);

    /// <summary>Drops the last frame: it left its sender but was never seen here.</summary>
    public TcpScript Unseen()
    {
        _frames.RemoveAt(_frames.Count - 1);
        return this;
    }

    private TcpScript Stream(Half sender, byte[] bytes)
    {
        for (int at = 0; at < bytes.Length; at += _segmentBytes)
        {
            Segment(sender, sender.Sent, bytes[at..Math.Min(bytes.Length, at + _segmentBytes)]);
        }
        return this;
    }

    private TcpScript Segment(Half sender, long offset, byte[] bytes)
    {
        (sender.LastOffset, sender.LastBytes) = (offset, bytes);
        Send(sender, TcpFlags.Psh | TcpFlags.Ack, offset, bytes);
        sender.Sent = Math.Max(sender.Sent, offset + bytes.Length);
        Peer(sender).Receive(offset, offset + bytes.Length);
        return this;
    }

    private TcpScript Fin(Half sender)
    {
        Send(sender, TcpFlags.Fin | TcpFlags.Ack, sender.Sent, []);
        Peer(sender).Receive(sender.Sent, sender.Sent + 1);
        sender.Sent++;
        return this;
    }

    private TcpScript Send(Half sender, TcpFlags flags, long offset, byte[] bytes, byte[]? options = null)
    {
        Half peer = Peer(sender);
        PacketBuilder packet = PacketBuilder.Ethernet(sender.Mac, peer.Mac);
        foreach (int id in _vlans)
        {
            packet.Vlan(id, id == _vlans[^1] ? 0x8100 : 0x88A8);
        }
        (string source, string destination) = (sender.End.Address.ToString(), peer.End.Address.ToString());
        packet = sender.End.AddressFamily == AddressFamily.InterNetwork
            ? packet.Ipv4(source, destination, _ttl, sender.NextId())
            : packet.Ipv6(source, destination, _ttl);

        uint sequence = sender.InitialSequence + 1 + unchecked((uint)offset);
        uint acknowledgement = flags.HasFlag(TcpFlags.Ack)
            ? peer.InitialSequence + 1 + unchecked((uint)sender.Received)
            : 0;
        packet.Tcp(sender.End.Port, peer.End.Port, sequence, acknowledgement, flags, sender.Window, options)
            .Payload(bytes);
        _frames.Add(packet.At(_now));
        _now += _stepNs;
        return this;
    }

    private Half Peer(Half half) => half == _client ? _server : _client;

    /// <summary>Letters that differ from offset to offset, so that a misplaced byte shows.</summary>
    private static byte[] Pattern(Half sender, int length) =>
        [.. Enumerable.Range(0, length).Select(i => (byte)('a' + ((sender.Sent + i) % 26)))];

    private static byte[] SynOptions(int mss) => [2, 4, (byte)(mss >> 8), (byte)mss, 1, 3, 3, 7, 1, 1, 4, 2];

    private sealed class Half(IPEndPoint end, string mac, uint initialSequence)
    {
        private readonly List<(long From, long To)> _outOfOrder = [];
        private int _id;

        public IPEndPoint End => end;

        public string Mac => mac;

        public uint InitialSequence { get; set; } = initialSequence;

        public int Window { get; set; } = 65535;

        /// <summary>Highest stream offset sent so far.</summary>
        public long Sent { get; set; }

        /// <summary>Stream offset up to which all bytes of the other side have come: what an ACK
        /// names.</summary>
        public long Received { get; private set; }

        public long LastOffset { get; set; }

        public byte[] LastBytes { get; set; } = [];

        public int NextId() => ++_id;

        public void Receive(long from, long to)
        {
            _outOfOrder.Add((from, to));
            foreach ((long start, long end) in _outOfOrder.Order())
            {
                Received = start <= Received ? Math.Max(Received, end) : Received;
            }
            _outOfOrder.RemoveAll(range => range.To <= Received);
        }
    }
}
