using System.IO.Compression;
using System.Text;
using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>Dialogues to cut, mutate and compare: one for each thing a parser must do.</summary>
internal static partial class AppSeeds
{
    public static (Side Side, byte[] Bytes) Client(string text) =>
        (Side.Client, Encoding.Latin1.GetBytes(text));

    public static (Side Side, byte[] Bytes) Server(string text) =>
        (Side.Server, Encoding.Latin1.GetBytes(text));

    public static IReadOnlyList<(Side Side, byte[] Bytes)[]> Http { get; } =
    [
        [
            Client("GET /a/../b%20c?x=%31 HTTP/1.1\r\nHost: www.example.org:80\r\nCookie: a=1\r\nX-A: 1\r\n"
                + "X-a: 2\r\n\r\n"),
            Server("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                + "Set-Cookie: b=2\r\n\r\nhello"),
            Client("POST /up HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n"
                + "3;x=y\r\nefg\r\n0\r\nT: 1\r\n\r\n"),
            Server("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nServer: x\r\n\r\n"),
        ],
        [
            Client("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: b\r\n\r\n"
                + "HEAD /3 HTTP/1.0\r\n\r\n"),
            Server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n\r\n"
                + "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc"
                + "HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n"),
        ],
        [
            Client("GET /old\r\n"),
            Server("<html>no status line at all</html>"),
        ],
        [
            Client("GET / HTTP/1.1\r\nHost: a\r\nFolded: one\r\n two\r\n\tthree\r\n\r\n"),
            Server("HTTP/1.1 200 OK\nA: 1\rB: 2\r\nC: 3\n\r\nuntil close"),
        ],
        [
            Client("POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=\"XyZ\"\r\n"
                + "Content-Length: 164\r\n\r\n"
                + "--XyZ\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nplain\r\n"
                + "--XyZ\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\n"
                + "file\r\n-bytes\r\n--XyZ--\r\n"),
            Server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
        ],
        Compressed("gzip", Gzip("a body that was compressed once")),
        Compressed("deflate, gzip", Gzip("labelled twice")),
        Compressed("deflate", Deflate("raw deflate")),
        Compressed("deflate", Zlib("zlib under deflate")),
        Compressed("gzip", Encoding.ASCII.GetBytes("not compressed at all")),
        Compressed("br", Brotli("brotli, too")),
    ];

    private static (Side Side, byte[] Bytes)[] Compressed(string coding, byte[] body) =>
    [
        Client("GET /z HTTP/1.1\r\nHost: a\r\n\r\n"),
        (Side.Server,
        [
            .. Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {body.Length}\r\n\r\n"),
            .. body,
        ]),
    ];

    private static byte[] Gzip(string text) =>
        Through(text, stream => new GZipStream(stream, CompressionLevel.Optimal));

    private static byte[] Deflate(string text) =>
        Through(text, stream => new DeflateStream(stream, CompressionLevel.Optimal));

    private static byte[] Zlib(string text) =>
        Through(text, stream => new ZLibStream(stream, CompressionLevel.Optimal));

    private static byte[] Brotli(string text) =>
        Through(text, stream => new BrotliStream(stream, CompressionLevel.Optimal));

    private static byte[] Through(string text, Func<Stream, Stream> compressor)
    {
        var target = new MemoryStream();
        using (Stream stream = compressor(target))
        {
            stream.Write(Encoding.ASCII.GetBytes(text));
        }
        return target.ToArray();
    }
}
