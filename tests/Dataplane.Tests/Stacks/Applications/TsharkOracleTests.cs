using System.Buffers.Binary;
using System.Globalization;
using System.Text.RegularExpressions;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>What the parsers find is what tshark prints, field by field and conversation by
/// conversation.</summary>
public sealed partial class TsharkOracleTests(TsharkOracleTests.Oracle oracle)
    : IClassFixture<TsharkOracleTests.Oracle>
{
    private const string Filter = "http.request or http.response or tls.handshake.type in {1,2} or dns "
        + "or ssh.protocol or ssh.kex.hassh or ssh.kex.hasshserver or smtp.req or ftp.request";

    // Port, tshark's field, ours.
    private static readonly (ushort Port, string Theirs, string Ours)[] Fields =
    [
        (80, "http.request.method", "Client HttpMethod"), (80, "http.request.uri", "Client HttpUriRaw"),
        (80, "http.host", "Client HttpRequestHeader host"),
        (80, "http.user_agent", "Client HttpRequestHeader user-agent"),
        (80, "http.referer", "Client HttpRequestHeader referer"),
        (80, "http.response.code", "Server HttpStatusCode"),
        (80, "http.server", "Server HttpResponseHeader server"),
        (80, "http.location", "Server HttpResponseHeader location"),
        (443, "tls.handshake.extensions_server_name", "Client TlsSni"),
        (443, "tls.handshake.ja3", "Client Ja3Hash"), (443, "tls.handshake.ja3s", "Server Ja3sHash"),
        (443, "client tls.handshake.extensions_alpn_str", "Client TlsAlpn"),
        (53, "dns.id", "DnsId"), (53, "dns.qry.name", "DnsQueriesRrname"),
        (53, "dns.resp.name", "Dns(?:Answers|Authorities|Additionals)Rrname"),
        (22, "client ssh.protocol", "Client SshBanner"), (22, "server ssh.protocol", "Server SshBanner"),
        (22, "ssh.kex.hassh", "Client SshHassh"), (22, "ssh.kex.hasshserver", "Server SshHasshServer"),
        (25, "smtp HELO", "Client SmtpHelo"), (25, "smtp MAIL", "Client SmtpMailFrom"),
        (25, "smtp RCPT", "Client SmtpRcptTo"),
        (21, "ftp.request.command", "Client FtpCommand"), (21, "ftp.request.arg", "Client FtpCommandData"),
    ];

    public static TheoryData<string> Names => [.. Fields.Select(row => row.Theirs)];

    [Theory, MemberData(nameof(Names))]
    public void A_field_is_read_as_tshark_reads_it(string name)
    {
        (ushort port, string theirs, string ours) = Fields.Single(field => field.Theirs == name);
        var wrong = new List<string>();
        int count = 0;
        foreach (Conversation conversation in oracle.Conversations.Where(one => one.Port == port))
        {
            bool isServers = port == 80 && ours.StartsWith("Server", StringComparison.Ordinal);
            if ((isServers && conversation.WaitsForBodies) || conversation.IsOtherFtp)
            {
                continue;
            }
            string[] expected = [.. conversation.Theirs(theirs)];
            string[] found = [.. conversation.Ours(ours)];
            count += expected.Length;
            if (!expected.SequenceEqual(found, StringComparer.Ordinal))
            {
                wrong.Add($"{conversation.Ends}: {string.Join(" | ", found.Take(6))}\n"
                    + $"    instead of {string.Join(" | ", expected.Take(6))}");
            }
        }
        Assert.True(count > 0, $"No conversation has {name}.");
        Assert.True(wrong.Count == 0,
            $"{wrong.Count} conversations differ in {name}:\n{string.Join('\n', wrong.Take(12))}");
    }

    /// <summary>Both readings of the same frames.</summary>
    public sealed class Oracle : IDisposable
    {
        private readonly string _file = Path.Combine(Path.GetTempPath(), $"oracle-{Guid.NewGuid():N}.pcap");

        public Oracle()
        {
            IReadOnlyList<Frame> frames = OracleTraffic.Frames();
            PcapFile.Write(_file, frames);
            string[] names =
            [
                .. Fields.Select(field => field.Theirs.Split(' ')[^1])
                    .Where(name => name.Contains('.', StringComparison.Ordinal)).Distinct(),
                "smtp.req.command", "smtp.req.parameter",
            ];
            ILookup<(uint, ushort, uint, ushort), Tshark.Row> rows = Tshark.Read(_file, Filter, names)
                .ToLookup(row => row.Ends);
            byte[][] bytes = [.. frames.Select(frame => frame.Bytes)];
            Conversations =
            [
                .. CaptureStreams.Of(bytes).Where(IsComparable).Select(dialogue =>
                    new Conversation(
                        dialogue.Ends, rows, AppBench.Read(dialogue.ServerPort, [.. dialogue.Pieces]))),
                .. DatagramsOf(bytes)
                    .Select(group => new Conversation(group.Key, rows, ReadDatagrams(group))),
            ];
        }

        internal IReadOnlyList<Conversation> Conversations { get; }

        // tshark reads one command of FTP in a segment; a connection joined in the middle is read by neither.
        private static bool IsComparable(Dialogue dialogue) => dialogue.BeginsWithSyn
            && (dialogue.ServerPort != 21 || dialogue.Pieces.All(
                piece => piece.Side == Side.Server || piece.Bytes.Count(value => value == '\n') <= 1));

        public void Dispose() => File.Delete(_file);
    }

    // Datagrams of port 53, keyed by who asks.
    private static ILookup<(uint, ushort, uint, ushort), (Side Side, byte[] Bytes)> DatagramsOf(
        IEnumerable<byte[]> frames)
    {
        const int ip = 14;
        var found = new List<((uint, ushort, uint, ushort) Key, (Side, byte[]) Datagram)>();
        foreach (byte[] frame in frames)
        {
            bool isWhole = frame.Length >= ip + 28 && frame[12] == 8 && frame[13] == 0 && frame[ip] == 0x45
                && frame[ip + 9] == IpProtocols.Udp && (frame[ip + 6] & 0x3F) == 0 && frame[ip + 7] == 0;
            if (!isWhole)
            {
                continue;
            }
            (uint from, uint to) = (Word(frame, ip + 12), Word(frame, ip + 16));
            (ushort source, ushort destination) = (Half(frame, ip + 20), Half(frame, ip + 22));
            int length = Math.Min(Half(frame, ip + 24) - 8, frame.Length - ip - 28);
            if (length > 0 && (source == 53 || destination == 53))
            {
                byte[] payload = frame[(ip + 28)..(ip + 28 + length)];
                found.Add(destination == 53 ? ((from, source, to, destination), (Side.Client, payload))
                    : ((to, destination, from, source), (Side.Server, payload)));
            }
        }
        return found.ToLookup(one => one.Key, one => one.Datagram);
    }

    private static string ReadDatagrams(IEnumerable<(Side Side, byte[] Bytes)> datagrams)
    {
        using var bench = new AppBench(serverPort: 53);
        foreach ((Side side, byte[] bytes) in datagrams)
        {
            bench.SendDatagram(side, bytes);
        }
        return bench.Finish();
    }

    private static uint Word(byte[] frame, int at) => BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(at));

    private static ushort Half(byte[] frame, int at) =>
        BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(at));

    /// <summary>One conversation, read twice.</summary>
    internal sealed class Conversation(
        (uint From, ushort FromPort, uint To, ushort ToPort) ends,
        ILookup<(uint, ushort, uint, ushort), Tshark.Row> rows, string text)
    {
        public ushort Port => ends.ToPort;

        public string Ends => $"{Address(ends.From)}:{ends.FromPort} > {Address(ends.To)}:{ends.ToPort}";

        /// <summary>tshark shows a response when its body is whole, which some captures do not
        /// have.</summary>
        public bool WaitsForBodies =>
            Theirs("http.response.code").Count() < Theirs("http.request.method").Count();

        /// <summary>FTP is recognised by its usual words, as the reference engine does, not by its
        /// port.</summary>
        public bool IsOtherFtp => Port == 21 && !text.StartsWith("ftp", StringComparison.Ordinal);

        public IEnumerable<string> Theirs(string field)
        {
            string[] words = field.Split(' ');
            IEnumerable<Tshark.Row> fromClient = rows[ends];
            IEnumerable<Tshark.Row> fromServer = rows[(ends.To, ends.ToPort, ends.From, ends.FromPort)];
            IEnumerable<string> values = words[0] switch
            {
                "client" => fromClient.SelectMany(row => row[words[1]].Take(1)),
                "server" => fromServer.SelectMany(row => row[words[1]]),
                "smtp" => fromClient.SelectMany(row => Arguments(row, words[1])),
                _ => fromClient.Concat(fromServer).SelectMany(row => row[words[0]]),
            };

            // A second hello of a connection, and what 100 said before the answer, are read over here.
            values = words[^1].StartsWith("tls.", StringComparison.Ordinal) ? values.Take(1)
                : words[0] == "http.response.code" ? values.Where(code => code != "100") : values;
            return values.Select(Common).Where(IsPlain).Order(StringComparer.Ordinal);
        }

        public IEnumerable<string> Ours(string field)
        {
            string[] words = field.Split(' ');
            if (words[^1] == "SshBanner")
            {
                return Lines($"{words[0]} SshProto")
                    .Zip(Lines($"{words[0]} SshSoftware"), (a, b) => $"SSH-{a}-{b}");
            }
            IEnumerable<string> values = words.Length < 3 ? Lines(field)
                : Lines($"{words[0]} {words[1]}")
                    .Where(line => line.StartsWith(words[2] + ": ", StringComparison.OrdinalIgnoreCase))
                    .Select(line => line[(words[2].Length + 2)..]);
            values = field.EndsWith("SmtpHelo", StringComparison.Ordinal) ? values.Distinct() : values;
            return values.Select(Common).Where(IsPlain).Order(StringComparer.Ordinal);
        }

        private IEnumerable<string> Lines(string field) =>
            Regex.Matches(text, $@"^ +(?:Client |Server )?{field}(?: \d+)?: (.*)$", RegexOptions.Multiline)
                .Select(match => match.Groups[1].Value);

        // Of commands by their first four letters; HELO is EHLO, too.
        private static IEnumerable<string> Arguments(Tshark.Row row, string command) =>
            row["smtp.req.command"].Zip(row["smtp.req.parameter"])
                .Where(pair => pair.First.Equals(command, StringComparison.OrdinalIgnoreCase)
                    || (command == "HELO" && pair.First.Equals("EHLO", StringComparison.OrdinalIgnoreCase)))
                .Select(pair => PathIn().Match(pair.Second) is { Success: true } path
                    ? path.Value : pair.Second);

        // Numbers alike, the root without a name, a banner without its comment; only what both print alike.
        private static string Common(string value)
        {
            bool isHex = value.StartsWith("0x", StringComparison.Ordinal)
                && int.TryParse(value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out _);
            return value == "<Root>" ? ""
                : isHex ? Convert.ToInt32(value, 16).ToString(CultureInfo.InvariantCulture)
                : value.StartsWith("SSH-", StringComparison.Ordinal) ? value.Split(' ')[0]
                : value.TrimEnd();
        }

        private static bool IsPlain(string value) =>
            value.Length > 0 && value.All(letter => letter is > ' ' and < '\u007f' and not '\\' or ' ');

        private static string Address(uint number) =>
            $"{number >> 24}.{(number >> 16) & 255}.{(number >> 8) & 255}.{number & 255}";
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex PathIn();
}
