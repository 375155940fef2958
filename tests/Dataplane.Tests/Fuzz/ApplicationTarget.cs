using Dataplane.Packets;
using Dataplane.Tests.Stacks.Applications;

namespace Dataplane.Tests.Fuzz;

/// <summary>An application parser: dialogues of both sides, with losses and ends, as they are and cut into
/// other pieces. Both must come to the same.</summary>
internal sealed class ApplicationTarget : FuzzTarget
{
    // An input is a byte that chooses the port, then bytes of one side until a mark says otherwise.
    private const byte Data = 0, Loss = 2, Ending = 4, Actions = 6;
    private const int MarkBytes = 3;
    private const int CleanEvery = 256;
    private static readonly int[] PieceBytesMax = [1, 3, 8, 8, 40, 40, 200, 1_000];
    private readonly ushort[] _ports;
    private readonly AppBench[] _benches;
    private long _count;

    private ApplicationTarget(
        string name, ushort[] ports, IEnumerable<(Side Side, byte[] Bytes)[]> dialogues,
        params string[] words)
    {
        (Name, _ports) = (name, ports);
        _benches = [.. ports.Select(port => new AppBench(port) { IsTerse = true })];
        Seeds = [.. dialogues.Select(Encoded), .. Corpus.Dialogues(ports.Length > 1 ? "all" : name)];
        Words =
        [
            .. Corpus.Words(words), .. Corpus.Words("\r\n", " ", "\r\n\r\n"),
            .. new[] { Data, Loss, Ending }.SelectMany(action => new[] { Mark(action, Side.Client),
                Mark(action, Side.Server) }),
        ];
    }

    public static FuzzTarget Http() => new ApplicationTarget("http", [80], AppSeeds.Http,
        "GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n", "Content-Length: ", "0\r\n\r\n", "HTTP/1.0 ", "HEAD ",
        "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "Host: a\r\n", "ffffffff\r\n",
        "Content-Encoding: deflate\r\n", "Content-Encoding: br\r\n", "%u0041", "\u00c0\u000c", "--XyZ",
        "CONNECT a:1 HTTP/1.1\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "\u001f\u008b\u0008", "\n", "\r",
        "\0", "Content-Disposition: form-data; filename=\"");

    public static FuzzTarget Tls() => new ApplicationTarget("tls", [443], AppSeeds.ByName["tls"].Seeds,
        "\u0016\u0003\u0001", "\u0015\u0003\u0003\0\u0002\u0001\0", "\u0014\u0003\u0003",
        "\u0017\u0003\u0003",
        "\0\u0010", "\0\0\0", "\u0001\0\0", "\u0002\0\0", "\u000b\0\0", "\u0030\u0082", "\u0006\u0003\u0055",
        "\u0080\u002e\u0001\u0003\u0001", "\u0018\u0003\u0003");

    public static FuzzTarget Dns() => new ApplicationTarget("dns", [53], AppSeeds.ByName["dns"].Seeds,
        "\u00c0\u000c", "\0\u0001\0\u0001", "\u003f", "\u0007example", "\0\u0010\0\u0001", "\0\u001d");

    public static FuzzTarget Ssh() => new ApplicationTarget("ssh", [22], AppSeeds.ByName["ssh"].Seeds,
        "SSH-2.0-", "SSH-1.99-", "\0\0\0\u000c\u000a\u0015", "\0\0\0\0", ",", "\u0014");

    public static FuzzTarget Smtp() => new ApplicationTarget("smtp", [25], AppSeeds.ByName["smtp"].Seeds,
        "\r\n.\r\n", "BDAT 8 LAST\r\n", "DATA\r\n", "354 \r\n", "250 ok\r\n", "STARTTLS\r\n", "220 go\r\n",
        "--b1\r\n", "--b1--\r\n", "Content-Type: multipart/mixed; boundary=b1\r\n", "=\r\n", "=E9",
        "Content-Transfer-Encoding: base64\r\n", "RSET\r\n", "Content-Type: message/rfc822\r\n", ".", "\n");

    public static FuzzTarget Ftp() => new ApplicationTarget("ftp", [21], AppSeeds.ByName["ftp"].Seeds,
        "PASV\r\n", "EPSV\r\n", "PORT 1,2,3,4,5,6\r\n", "227 (1,2,3,4,5,6)\r\n", "229 (|||7|)\r\n", "230-",
        "AUTH TLS\r\n", "234 ok\r\n", "\n");

    /// <summary>All protocols on ports of others: what recognises them.</summary>
    public static FuzzTarget Probe() => new ApplicationTarget(
        "protocol probe", [80, 443, 53, 22, 25, 21, 23, 88, 110, 143, 445, 3389, 9999],
        AppSeeds.ByName.Values.SelectMany(protocol => protocol.Seeds), "SSH-", "PRI * HTTP/2.0\r\n\r\nSM\r\n",
        "\u0005\0\u0003", "\0\0\0\u0020\u00ffSMB", "RFB 003.008\n", "* OK ", "+OK ", "220 (", "220-",
        "\u0010\u000c\0\u0004MQTT", "\u00ff\u00fd", "\u0003\0\0\u0013\u000e\u00e0", "EHLO a\r\n",
        "USER a\r\n",
        "HTTP/1.1", "\u0080\u002e\u0001\u0003\u0001", "GET ");

    public override string Name { get; }

    /// <summary>Mails and FTP's commands make many transactions of an input, which takes its time.</summary>
    public override int Share => Name is "smtp" or "ftp" ? 12_000 : 35_000;

    public override int QuickCount => 3_000;

    public override IReadOnlyList<byte[]> Seeds { get; }

    public override IReadOnlyList<byte[]> Words { get; }

    public override ulong Execute(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return 0;
        }
        int number = input[0] % _ports.Length;
        AppBench bench = _benches[number];
        input = input[1..];
        ulong overruns = bench.Stack.OverrunCount;
        Read(bench, input, pieceBytesMax: int.MaxValue, 0);
        (ulong whole, ulong kind) = (bench.Content, bench.Kind);
        ulong choice = AppDigest.Of(input, 1);
        int piece = PieceBytesMax[choice >> 61];
        Read(bench, input, piece, choice);

        // What follows a body in one piece is meant to be read differently from what follows alone.
        if (bench.Content != whole && bench.Stack.OverrunCount == overruns)
        {
            throw new InvalidOperationException(Difference(_ports[number], input, piece, choice));
        }
        if (++_count % CleanEvery == 0 && (bench.Stack.Bytes.UsedBytes, bench.Stack.FollowedCount) != (0, 0))
        {
            throw new InvalidOperationException($"{bench.Stack.Bytes.UsedBytes} bytes are still held.");
        }
        return kind;
    }

    public override void Dispose()
    {
        Array.ForEach(_benches, bench => bench.Dispose());
        base.Dispose();
    }

    private static void Read(AppBench bench, ReadOnlySpan<byte> input, int pieceBytesMax, ulong choice)
    {
        bench.Begin();
        Side side = Side.Client;
        while (!input.IsEmpty)
        {
            int end = input.IndexOf([(byte)0xF5, (byte)0xA1]);
            bool hasMark = end >= 0 && end + MarkBytes <= input.Length;
            ReadOnlySpan<byte> bytes = hasMark ? input[..end] : input;
            while (!bytes.IsEmpty)
            {
                choice = AppDigest.Mix(choice, 1);
                int count = pieceBytesMax >= bytes.Length && pieceBytesMax == int.MaxValue ? bytes.Length
                    : 1 + (int)((choice >> 32) % (ulong)Math.Min(pieceBytesMax, bytes.Length));
                bench.Send(side, bytes[..count]);
                bytes = bytes[count..];
            }
            if (!hasMark)
            {
                break;
            }
            byte mark = input[end + 2];
            side = (mark & 1) == 0 ? Side.Client : Side.Server;
            Act(bench, side, mark);
            input = input[(end + MarkBytes)..];
        }
        bench.Finish();
    }

    private static void Act(AppBench bench, Side side, byte mark)
    {
        if ((mark & Actions) == Loss)
        {
            bench.Lose(side, 1 + ((uint)(mark >> 3) * 11));
        }
        else if ((mark & Actions) == Ending)
        {
            bench.End(side);
        }
    }

    private static string Difference(ushort port, ReadOnlySpan<byte> input, int piece, ulong choice)
    {
        using var bench = new AppBench(port);
        Read(bench, input, int.MaxValue, 0);
        string whole = bench.Text;
        Read(bench, input, piece, choice);
        return $"Cut into pieces of at most {piece}:\n{bench.Text}\ninstead of\n{whole}";
    }

    private static byte[] Encoded((Side Side, byte[] Bytes)[] dialogue) =>
        [0, .. dialogue.SelectMany(piece => (byte[])[.. Mark(Data, piece.Side), .. piece.Bytes])];

    private static byte[] Mark(byte action, Side side) => [0xF5, 0xA1, (byte)(action + (byte)side)];
}
