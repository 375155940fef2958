using System.Buffers.Binary;
using System.Text;
using Testing;

namespace Dataplane.Tests.Stacks.TcpMonitor;

/// <summary>Small scenes of one connection each; together they make the monitor say all it can.</summary>
internal static class TcpScenes
{
    private const long Start = 1_700_000_000_000_000_000;
    private const uint Client = 1000, Server = 5_000_000;

    /// <summary>Name and frames of each scene.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<Frame>> All { get; } =
        new Dictionary<string, IReadOnlyList<Frame>>
        {
            ["closed by the client"] = Script().Handshake().ClientSends("ask").ServerSends("answer")
                .Close().Frames,
            ["closed by both"] = [.. Script().Handshake().Frames,
                At(7, false, TcpFlags.Fin | TcpFlags.Ack, 1, 1, ""),
                At(8, true, TcpFlags.Fin | TcpFlags.Ack, 1, 1, ""), At(9, false, TcpFlags.Ack, 2, 2, "")],
            ["reset"] = Script().Handshake().ClientSends("ask").ServerResets().Frames,
            ["refused"] = [.. Script().Syn().Frames, At(1, true, TcpFlags.Rst | TcpFlags.Ack, 0, 1, "")],
            ["unanswered"] = Script().Syn().Frames,
            ["repeated"] = Script().Handshake().ClientSends("one").ClientRetransmits().Frames,
            ["contradicted"] = Script().Handshake().ClientSegment(3, "OLD").ClientSegment(3, "NEW").Frames,
            ["out of order"] = Script().Every(TimeSpan.FromMilliseconds(1)).Handshake()
                .ClientSegment(3, "two").ClientSegment(0, "one").Frames,
            ["lost"] = Script().Handshake().ClientSegment(3, "two").ServerAcks().ServerAcks().ServerAcks()
                .ServerAcks().Frames,
            ["acknowledged unseen"] = Script().Handshake().ClientSends(100).ClientSegment(100, "x").Unseen()
                .ServerAcks().Frames,
            ["kept alive"] = Script().Handshake().ClientSends("x").ClientRaw(TcpFlags.Ack, 0, [])
                .ServerAcks().Frames,
            ["window closed"] = Script().Handshake().ClientSends("x").ServerWindow(0).ServerAcks()
                .ClientRaw(TcpFlags.Ack, 1, [7]).ServerAcks().ServerWindow(9000).ServerAcks().Frames,
            ["window full"] = Script().Handshake().ServerWindow(2).ServerAcks()
                .ClientSegment(0, new byte[256]).Frames,
            ["urgent"] = Script().Handshake().ClientRaw(TcpFlags.Urg | TcpFlags.Ack, 0, [1, 2]).Frames,
            ["one direction"] = Script().ClientSegment(0, "mid").ClientSegment(9, "stream").Frames,
            ["deep"] = Script().Handshake().ClientSends(600).Frames,
            ["overrun"] = Script().Handshake().ClientSegment(10, new byte[1400])
                .ClientSegment(2000, new byte[1400]).ClientSegment(4000, new byte[1400]).Frames,
            ["time stamps"] = TimeStamps(),
            ["options"] = Options(),
            ["odd flags"] = OddFlags(),
            ["storms"] = Storms(),
            ["split handshake"] = [.. Script().Syn().Frames, At(1, true, TcpFlags.Syn, 0, 0, "")],
            ["SYN inside"] = [.. Script().Handshake().ClientSends("x").Frames,
                At(9, false, TcpFlags.Syn, 70_000, 0, "")],
            ["SYN again"] = [.. Script().Syn().Frames, .. Script().Syn().Frames],
            ["data in SYN and reset"] = [.. Script().ClientRaw(TcpFlags.Syn, -1, [1, 2]).Frames,
                .. Script().SynAck().Frames, At(8, false, TcpFlags.Rst, 3, 0, "why"),
                At(9, false, TcpFlags.Ack, 3, 1, "after")],
            ["injected"] = [.. Script().Handshake().Frames, At(8, false, TcpFlags.Rst, 500, 0, ""),
                At(9, true, TcpFlags.Rst, 0x2000_0000, 0, "")],
            ["handshake injected"] = [.. Script().Syn().Frames,
                At(8, true, TcpFlags.Syn | TcpFlags.Ack, 0, 99, "")],
            ["out of window"] = [.. Script().Handshake().ClientSends("x").Frames,
                At(9, false, TcpFlags.Ack, 0x2000_0000, 1, "far")],
            ["old window"] = [.. Script().Handshake().ClientSends(10).ClientSends(10).Frames,
                At(9, true, TcpFlags.Ack, 1, 5, "", window: 99)],
            ["window shrunk"] = [.. Script().Handshake().ClientSends(10).Frames,
                At(9, true, TcpFlags.Ack, 1, 11, "", window: 1)],
            ["low TTL"] = Script().Handshake().WithTtl(1).ClientSends("x").Frames,
            ["broken"] = [.. Script().Handshake().Frames, PacketBuilder.Ethernet()
                .Ipv4("10.0.0.1", "10.0.0.2").Tcp(4000, 80, Client + 1, Server + 1, TcpFlags.Ack)
                .Payload("x"u8).BreakChecksum().At(Start + 900_000)],
        };

    private static TcpScript Script() =>
        TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").StartingAt(Start);

    /// <summary>A frame of the client or the server; numbers count from the SYNs.</summary>
    private static Frame At(
        int step, bool isServer, TcpFlags flags, uint sequence, uint acknowledgment, string text,
        byte[]? options = null, int window = 65535)
    {
        (uint own, uint other) = isServer ? (Server, Client) : (Client, Server);
        bool hasAck = flags.HasFlag(TcpFlags.Ack);
        return PacketBuilder.Ethernet()
            .Ipv4(isServer ? "10.0.0.2" : "10.0.0.1", isServer ? "10.0.0.1" : "10.0.0.2")
            .Tcp(isServer ? 80 : 4000, isServer ? 4000 : 80, own + sequence,
                hasAck ? other + acknowledgment : 0, flags, window, options)
            .Payload(Encoding.ASCII.GetBytes(text)).At(Start + (step * 100_000L));
    }

    private static byte[] Stamp(uint value, uint echo)
    {
        byte[] options = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(options.AsSpan(4), value);
        BinaryPrimitives.WriteUInt32BigEndian(options.AsSpan(8), echo);
        return options;
    }

    private static Frame[] TimeStamps() =>
    [
        At(0, false, TcpFlags.Syn, 0, 0, "", Stamp(1000, 0)),
        At(1, true, TcpFlags.Syn | TcpFlags.Ack, 0, 1, "", Stamp(50, 1000)),
        At(2, false, TcpFlags.Ack, 1, 1, "", Stamp(1001, 50)),
        At(3, false, TcpFlags.Ack, 1, 1, "data", Stamp(1002, 50)),
        At(4, false, TcpFlags.Ack, 1, 1, "data", Stamp(1300, 50)),
        At(9, true, TcpFlags.Ack, 1, 5, "", Stamp(60, 1300)),
        At(10, false, TcpFlags.Ack, 5, 1, "old", Stamp(7, 60)),
        At(11, false, TcpFlags.Ack, 5, 1, "echo", Stamp(1400, 9_999)),
        At(12, false, TcpFlags.Ack, 9, 1, "none"),
    ];

    private static Frame[] Options() =>
    [
        At(0, false, TcpFlags.Syn, 0, 0, "", [2, 4, 5, 180, 3, 3, 7, 4, 2, 34, 2, 1]),
        At(1, true, TcpFlags.Syn | TcpFlags.Ack, 0, 1, "", [2, 4, 5, 180, 1, 3, 3, 7]),
        At(2, false, TcpFlags.Ack, 1, 1, "", Stamp(1, 2)),
        At(3, false, TcpFlags.Ack, 4, 1, "def"),
        At(4, true, TcpFlags.Ack, 1, 1, "", [1, 1, 5, 10, 0, 0, 3, 236, 0, 0, 3, 239]),
        At(5, false, TcpFlags.Ack, 1, 1, "x", [19, 18, .. new byte[16], 1, 1]),
        At(6, false, TcpFlags.Ack, 2, 1, "y", [99, 4, 0, 0]),
        At(7, false, TcpFlags.Ack, 3, 1, "z", [8, 3, 0, 0]),
    ];

    private static Frame[] OddFlags() =>
    [
        .. Script().Handshake().Frames,
        At(8, false, TcpFlags.None, 1, 0, "null"),
        At(9, false, TcpFlags.Fin | TcpFlags.Urg | TcpFlags.Psh, 1, 0, ""),
    ];

    private static Frame[] Storms() =>
    [
        .. Script().Handshake().Frames,
        .. Enumerable.Range(0, 16).Select(i => At(10 + i, false, TcpFlags.Fin | TcpFlags.Ack, 1, 1, "")),
        .. Enumerable.Range(0, 16).Select(i => At(30 + i, true, TcpFlags.Rst | TcpFlags.Ack, 1, 2, "")),
    ];
}
