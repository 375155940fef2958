using System.IO.Compression;
using System.Text;
using Dataplane.Packets;
using Dataplane.Tests.Stacks.Applications;

namespace Dataplane.Tests.Fuzz;

/// <summary>Dialogues that fuzzing found to be read differently when their pieces were cut
/// elsewhere.</summary>
public sealed class CutFindingsTests
{
    private static readonly byte[] Random =
        [.. Enumerable.Range(0, 6_000).Select(i => (byte)((i * 7919) >> (i % 5)))];

    [Theory]
    [InlineData(0xE0)]
    [InlineData(0x08)]
    [InlineData(0x02)]
    [InlineData(0x20)]
    public void A_gzip_header_that_zlib_refuses_is_skipped(int flags)
    {
        byte[] raw = Through(stream => new DeflateStream(stream, CompressionLevel.Optimal), "hidden in it");
        byte[] body = [0x1F, 0x8B, 9, (byte)flags, 0, 0, 0, 0, 0, 3, .. (byte[])(flags switch
        {
            8 => [.. "name"u8, 0],
            2 => [7, 7],
            _ => [],
        }), .. raw];

        string found = AppBench.Read(80, Response("gzip", body));
        Assert.Contains("Server HttpResponseBody 0: hidden in it\n", found, StringComparison.Ordinal);
        AppCutting.MakesNoDifference(80, Response("gzip", body));
    }

    [Theory]
    [InlineData("gzip", new byte[] { 0x1F, 0x8B, 8 })]
    [InlineData("deflate", new byte[] { 0x1F })]
    [InlineData("deflate, gzip", new byte[] { 0x1F, 0x8B, 0xD7, 0, 0 })]
    [InlineData("deflate", new byte[]
        { 0x2B, 0x4A, 0x2C, 0x57, 0x49, 0x71, 0x25, 0x5D, 0x27, 0x2D, 0x24, 0xB1, 0x24 })]
    [InlineData("br", new byte[]
        { 0x0B, 5, 0x80, 98, 114, 111, 116, 108, 105, 44, 13, 10, 13, 10, 48, 116, 111, 111, 3 })]
    public void A_damaged_body_is_read_the_same_however_it_is_cut(string coding, byte[] body) =>
        AppCutting.MakesNoDifference(80, Response(coding, body));

    [Fact]
    public void A_long_body_that_is_not_compressed_passes_whole()
    {
        // A dynamic block that says nothing before its fault, beyond what is kept to try again.
        (Side, byte[])[] whole = Response("br", [.. new byte[4_090], .. Random]);
        string found = AppBench.Read(80, whole);
        foreach (int piece in new[] { 1, 700, 1_024, 4_095, 4_096 })
        {
            Assert.Equal(found, AppBench.Read(80, [whole[0], .. whole[1].Item2.Chunk(piece)
                .Select(bytes => (Side.Server, bytes))]));
        }
    }

    [Theory]
    [InlineData("HTTP/1.1 200 Yes\r\n\r\n", "#1")]
    [InlineData("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno", "#1")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Yes\r\n\r\n", "#1")]
    public void What_a_client_sends_behind_CONNECT_waits_for_the_answer(string answer, string next)
    {
        (Side, byte[])[] dialogue =
        [
            AppSeeds.Client("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\nGET /early HTTP/1.1\r\nHost: b\r\n\r\n"),
            AppSeeds.Server(answer + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
        ];
        string found = AppBench.Read(80, dialogue);
        Assert.Contains(next, found, StringComparison.Ordinal);
        Assert.Contains("HttpUri 0: /early", found, StringComparison.Ordinal);
        AppCutting.MakesNoDifference(80, dialogue);
    }

    [Fact]
    public void Protocols_may_change_a_few_times_only()
    {
        string connects = string.Concat(Enumerable.Repeat("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 60));
        string answers = string.Concat(Enumerable.Repeat("HTTP/1.1 200 OK\r\n\r\n", 60));
        (Side, byte[])[] dialogue = [AppSeeds.Client(connects), AppSeeds.Server(answers)];

        Assert.StartsWith("failed", AppBench.Read(80, dialogue), StringComparison.Ordinal);
        AppCutting.MakesNoDifference(80, dialogue);
    }

    public static TheoryData<int, string, string[]> Dialogues => new()
    {
        // Bytes behind a request that are none, when its response has come before its end.
        {
            80, "an early answer",
            ["cPOST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx", "sHTTP/1.1 204 OK\r\n\r\n",
                "cyrubbish and more\r\n"]
        },
        {
            25, "TLS behind STARTTLS",
            ["s220 a\r\n", "cSTARTTLS\r\n", "s220 go\r\n\u0015\u0003\u0003\0\u0002\u0002\u0028"]
        },
        {
            21, "TLS behind AUTH",
            ["s220 (a)\r\n", "cAUTH TLS\r\n", "s234 go\r\n\u0015\u0003\u0003\0\u0002\u0002\u0028"]
        },
        {
            25, "a greeting without end",
            ["s220 mail", "cEHLO a\r\n", "s.example\r\n250 x\r\n", "cQUIT\r\n"]
        },
        {
            25, "RSET within a piece",
            ["s220 a\r\n", "cMAIL FROM:<a>\r\nRSET\r\nRSET\r\nNOOP\r\n", "s250 a\r\n250 b\r\n"]
        },
        {
            22, "bytes behind NEWKEYS",
            ["cSSH-2.0-a\r\n", "sSSH-2.0-b\r\n",
                "c\0\0\0\u0006\u0004\u0015\0\0\0\0\u00ff\u00ff\u00ff\u00ff\u0001\u0014"]
        },
        { 22, "a long banner", ["cSSH-2.0-" + new string('x', 300) + "\r\n", "sSSH-2.0-b\r\n"] },
        {
            22, "a long line before the banner",
            ["cSSH-2.0-a\r\n", "s" + new string('x', 300) + "\r\nSSH-2.0-b\r\n"]
        },
        { 53, "an empty message", ["c\0\0\0\u0008\u0001\0\0\u0001\0\0\0\0\0\0\u0003www\0\0\u0001\0\u0001"] },
        { 23, "options of Telnet", ["s\u00ff\u00fd\u0018"] },
        { 88, "Kerberos", ["s\0\0\0\u0064\u007e\u0062\u0030\u0060"] },
        { 1883, "a name of MQTT", ["c\u0010\u000c\0\u0004MQTT\u0004\u0002\0\u003c"] },
        { 80, "HTTP 2", ["cPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"] },
    };

    [Theory, MemberData(nameof(Dialogues))]
    public void Pieces_do_not_matter(int port, string what, string[] dialogue)
    {
        Assert.NotEmpty(what);
        AppCutting.MakesNoDifference((ushort)port,
            [.. dialogue.Select(turn => (turn[0] == 'c' ? Side.Client : Side.Server,
                Encoding.Latin1.GetBytes(turn[1..])))]);
    }

    private static (Side, byte[])[] Response(string coding, byte[] body) =>
    [
        AppSeeds.Client("GET /z HTTP/1.1\r\nHost: a\r\n\r\n"),
        (Side.Server,
        [
            .. Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {body.Length}\r\n\r\n"),
            .. body,
        ]),
    ];

    private static byte[] Through(Func<Stream, Stream> compressor, string text)
    {
        var target = new MemoryStream();
        using (Stream stream = compressor(target))
        {
            stream.Write(Encoding.ASCII.GetBytes(text));
        }
        return target.ToArray();
    }
}
