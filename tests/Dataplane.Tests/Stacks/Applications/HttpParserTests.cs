using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Tests.Stacks.Applications;

public sealed class HttpParserTests
{
    private const ushort Port = 80;

    [Fact]
    public void Buffers_are_cut_as_rules_expect_them()
    {
        string found = AppBench.Read(Port, AppSeeds.Http[0]);
        Assert.StartsWith("http", found, StringComparison.Ordinal);
        Has(found, "Client HttpUri 0: /b c?x=1");
        Has(found, "Client HttpUriRaw 0: /a/../b%20c?x=%31");
        Has(found, "Client HttpHost 0: www.example.org");
        Has(found, "Client HttpHostRaw 0: www.example.org:80");
        Has(found, "Client HttpCookie 0: a=1");
        Has(found, @"Client HttpHeader 0: Host: www.example.org:80\r\nX-A: 1, 2\r\n");
        Has(found, @"Client HttpHeaderNames 0: \r\nHost\r\nCookie\r\nX-A\r\n\r\n");
        Has(found, "Server HttpStatusCode 0: 200");
        Has(found, "Server HttpCookie 0: b=2");
        Has(found, @"Server HttpHeader 0: Content-Type: text/plain\r\nContent-Length: 5\r\n");
        Has(found, "Server FileData 0: hello");
        Has(found, "Client HttpRequestBody 0: abcdefg");
        Has(found, "Server HttpStatusCode 0: 204");
    }

    [Fact]
    public void Responses_find_their_pipelined_requests()
    {
        string[] found = AppBench.Read(Port, AppSeeds.Http[1]).Split("\n#");
        Assert.Equal(4, found.Length);
        Has(found[1], "/1");
        Has(found[1], "FileData 0: first");
        Has(found[2], "/2");
        Has(found[2], "HttpStatusCode 0: 404");
        Has(found[3], "/3");
        Assert.DoesNotContain("FileData", found[3], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip", 5, "a body that was compressed once")]
    [InlineData("two labels", 6, "labelled twice")]
    [InlineData("deflate", 7, "raw deflate")]
    [InlineData("zlib", 8, "zlib under deflate")]
    [InlineData("none", 9, "not compressed at all")]
    [InlineData("brotli", 10, "brotli, too")]
    public void Bodies_are_decoded_whatever_their_label_promises(string what, int dialogue, string body)
    {
        Assert.NotEmpty(what);
        Has(AppBench.Read(Port, AppSeeds.Http[dialogue]), "Server FileData 0: " + body);
    }

    [Fact]
    public void An_uploaded_file_has_its_name_and_bytes()
    {
        string found = AppBench.Read(Port, AppSeeds.Http[4]);
        Has(found, "Client FileName 0: a.txt");
        Has(found, @"Client FileData 0: file\r\n-bytes");
    }

    [Fact]
    public void A_body_goes_on_behind_lost_bytes()
    {
        using var bench = new AppBench();
        bench.Send(Side.Client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        bench.Send(Side.Server, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        bench.Lose(Side.Server, 4);
        bench.Send(Side.Server, "xyzHTTP/1.1 500 No\r\n");
        string found = bench.Finish();
        Has(found, "Server FileData 0: abcxyz");
        Has(found, "IsTruncated = True");
    }

    [Fact]
    public void A_server_that_speaks_first_is_no_HTTP()
    {
        string found = AppBench.Read(Port, AppSeeds.Server("HTTP/1.1 200 OK\r\n\r\n"));
        Assert.StartsWith("failed applayer_wrong_direction_first_data", found, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_requests_without_answer_end_the_parser()
    {
        using var bench = new AppBench(limits: new() { FlowTransactionMax = 3 });
        for (int i = 0; i < 5; i++)
        {
            bench.Send(Side.Client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        Assert.True(bench.Flow!.IsOver);
        Assert.Equal(1UL, bench.Stack.TransactionOverflowCount);
    }

    [Fact]
    public void A_line_beyond_the_limit_is_noted_and_ends_the_side()
    {
        string found = AppBench.Read(Port, AppSeeds.Client("GET /" + new string('a', 20_000)));
        Has(found, AppAnomalies.NameOf(AppAnomaly.HttpRequestFieldTooLong));
    }

    [Fact]
    public void Everything_goes_back_to_the_pools()
    {
        using var bench = new AppBench();
        foreach ((Side, byte[])[] dialogue in AppSeeds.Http)
        {
            foreach ((Side side, byte[] bytes) in dialogue)
            {
                bench.Send(side, bytes);
            }
            bench.Finish();
            bench.Begin();
        }
        Assert.Equal(0, bench.Stack.Bytes.UsedBytes);
        Assert.Equal(0, bench.Stack.FollowedCount);
        Assert.Equal(0, bench.Stack.Parsers.Decoders.UsedCount);
    }

    private static void Has(string text, string part) =>
        Assert.Contains(part, text, StringComparison.Ordinal);
}
