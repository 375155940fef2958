using System.IO.Compression;
using System.Text;
using Dataplane.Events.Applications;
using Dataplane.Packets;
using Dataplane.Stacks.Applications;

namespace Dataplane.Tests.Stacks.Applications;

/// <summary>What is meant to exhaust or to fool the parsers: bombs, endless lines, loops, lengths that
/// contradict each other.</summary>
public sealed class AppLimitsTests
{
    private const int BombBytes = 64 << 20;
    private const int SegmentBytes = 1_460;

    /// <summary>Most that one flow of any protocol may hold: what is pending, a body, a head.</summary>
    private const long HeldBytesMax = 1 << 20;

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    [InlineData("br, gzip")]
    public void A_body_that_decodes_to_far_more_is_decoded_to_the_limit_only(string coding)
    {
        byte[] body = new byte[BombBytes];
        foreach (string layer in coding.Split(", ").Reverse())
        {
            body = Through(layer, body);
        }

        string found = AppBench.Read(80, Response(coding, body));
        Assert.Contains("IsTruncated = True", found, StringComparison.Ordinal);
        long seen = NumberBehind(found, "Server BodyBytes: ");
        Assert.InRange(seen, 1, new ApplicationLimits().DecodedBytesMax + (64 << 10));
    }

    [Fact]
    public void A_bomb_behind_the_end_of_an_inner_stream_is_not_decoded_on()
    {
        byte[] inner = [.. Through("gzip", "x"u8.ToArray()), .. new byte[BombBytes]];
        string found = AppBench.Read(80, Response("br, gzip", Through("br", inner)));
        Assert.Contains("Server HttpResponseBody 0: x\n", found, StringComparison.Ordinal);
        Assert.Contains("IsTruncated = True", found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_body_without_a_free_decoder_is_counted_and_passes_as_sent()
    {
        using var bench = new AppBench(limits: new() { DecoderMax = 0, DecoderStock = 0 });
        foreach ((Side side, byte[] bytes) in Response("gzip", Through("gzip", "hidden"u8.ToArray())))
        {
            bench.Send(side, bytes);
        }

        Assert.Contains(@"HttpResponseBody 0: \x1f\x8b", bench.Finish(), StringComparison.Ordinal);
        Assert.Equal(1UL, bench.Stack.Parsers.Decoders.RefusedCount);
    }

    public static TheoryData<int, string, string> Endless => new()
    {
        { 80, "cGET / HTTP/1.1\r\nHost: a\r\nX: ", "a" }, { 80, "cGET / HTTP/1.1\r\n", "A: b\r\n" },
        { 80, "cPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n" },
        { 80, "cPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "0" },
        { 80, "cGET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\n\r\n" },
        { 80, "cCONNECT a:1 HTTP/1.1\r\n\r\n", "x" },
        {
            80, "cPOST / HTTP/1.1\r\nContent-Length: 9999999\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\n\r\n",
            "--b\r\nContent-Disposition: form-data; filename=f\r\n\r\n"
        },
        { 443, "c\u0016\u0003\u0001\u0040\u0000\u0001\u00ff\u00ff\u00ff", "\u0016\u0003\u0001\u0040\u0000" },
        {
            53, "c\u00ff\u00ff\u0012\u0034\u0001\0\0\u0001\0\0\0\0\0\0\u0003www\0\0\u0001\0\u0001",
            "\u00c0\u000c"
        },
        { 22, "cSSH-2.0-a\r\n\u00ff\u00ff\u00ff\u00ff", "a" }, { 22, "cSSH-2.0-", "a" },
        { 25, "s220 a\r\n", "250-a\r\n" }, { 25, "cEHLO a\r\nMAIL FROM:<a>\r\n", "RCPT TO:<b@c>\r\n" },
        {
            25, "cEHLO a\r\nDATA\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n",
            "--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        },
        { 25, "cEHLO a\r\nDATA\r\n", "X-a: b\r\n" }, { 25, "cEHLO a\r\nDATA\r\n\r\n", "a" },
        { 21, "cUSER a", "a" }, { 21, "cUSER a\r\n", "LIST\r\n" }, { 21, "s220 (a)\r\n", "230-a\r\n" },
    };

    [Theory, MemberData(nameof(Endless))]
    public void What_never_ends_is_held_within_limits(int port, string beginning, string endless)
    {
        using var bench = new AppBench((ushort)port);
        Side side = beginning[0] == 'c' ? Side.Client : Side.Server;
        string pieces = string.Concat(Enumerable.Repeat(endless, (SegmentBytes / endless.Length) + 1));
        bench.Send(side, beginning[1..]);
        long most = 0;
        for (int sent = 0; sent < 1 << 20; sent += pieces.Length)
        {
            bench.Send(side, pieces);
            most = Math.Max(most, bench.Stack.Bytes.UsedBytes);
        }

        Assert.InRange(most, 0, HeldBytesMax);
        bench.FinishUnread();
        Assert.Equal((0L, 0), (bench.Stack.Bytes.UsedBytes, bench.Stack.FollowedCount));
    }

    [Fact]
    public void Names_that_lead_to_many_labels_are_not_walked_again_and_again()
    {
        // 30,000 labels, then names that point to them: a walk of them all for each record is refused.
        byte[] labels = [.. Enumerable.Repeat(new byte[] { 1, 97 }, 30_000).SelectMany(label => label)];
        const int records = 250;
        byte[] pointers =
            [.. Enumerable.Repeat(new byte[] { 0xC0, 12, 0, 1, 0, 1 }, records).SelectMany(name => name)];
        byte[] message =
            [0x12, 0x34, 1, 0, 0, records + 1, 0, 0, 0, 0, 0, 0, .. labels, 0, 0, 1, 0, 1, .. pointers];
        string found = AppBench.Read(53, AppSeeds.ByName["dns"].Seeds[0][0],
            (Side.Client, [(byte)(message.Length >> 8), (byte)message.Length, .. message]));
        Assert.Contains(AppAnomalies.NameOf(AppAnomaly.DnsTooManyLabels), found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n", "")]
    [InlineData("Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", "")]
    [InlineData("Transfer-Encoding: \tCHUNKED\r\n\r\n0;ext=\"\r\n\r\n", "")]
    [InlineData("Transfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc",
        "http.invalid_transfer_encoding_value_in_request")]
    [InlineData("Content-Length: 3\r\nContent-Length: 300\r\n\r\nabc",
        "http.duplicate_content_length_field_in_request")]
    [InlineData("Content-Length: 3\nX: a\n\nabc", "")]
    public void A_hidden_request_is_seen_where_the_server_sees_it(string head, string anomaly)
    {
        string found = AppBench.Read(80, AppSeeds.Client(
            $"POST / HTTP/1.1\r\nHost: a\r\n{head}GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"));
        Assert.Contains("HttpUri 0: /hidden", found, StringComparison.Ordinal);
        Assert.Contains(anomaly, found, StringComparison.Ordinal);
        Assert.DoesNotContain("#2", found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Content-Length: 44\r\n\r\n")]
    [InlineData("Content-Length: 9223372036854775807\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2c\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n")]
    public void What_a_length_covers_is_no_request(string head)
    {
        string found = AppBench.Read(80, AppSeeds.Client(
            $"POST / HTTP/1.1\r\nHost: a\r\n{head}GET /body HTTP/1.1\r\nHost: a\r\n\r\n         "));
        Assert.DoesNotContain("HttpUri 0: /body", found, StringComparison.Ordinal);
    }

    private static (Side, byte[])[] Response(string coding, byte[] body) =>
    [
        AppSeeds.Client("GET /z HTTP/1.1\r\nHost: a\r\n\r\n"),
        AppSeeds.Server($"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n"),
        .. body.Chunk(SegmentBytes).Select(bytes => (Side.Server, bytes)),
    ];

    private static byte[] Through(string coding, byte[] bytes)
    {
        var target = new MemoryStream();
        using (Stream stream = coding switch
        {
            "gzip" => new GZipStream(target, CompressionLevel.Fastest),
            "deflate" => new DeflateStream(target, CompressionLevel.Fastest),
            _ => new BrotliStream(target, CompressionLevel.Fastest),
        })
        {
            stream.Write(bytes);
        }
        return target.ToArray();
    }

    private static long NumberBehind(string text, string label)
    {
        int at = text.LastIndexOf(label, StringComparison.Ordinal) + label.Length;
        return long.Parse(text.AsSpan(at, text.AsSpan(at).IndexOf('\n')), provider: null);
    }
}
