using Dataplane.Events.Applications;
using Dataplane.Packets;

namespace Dataplane.Tests.Inspection.Verify;

public sealed class TransactionTests
{
    private static MadeUpTransaction Request(string uri, string host) =>
        new MadeUpTransaction(AppProtocol.Http).With(AppBuffer.HttpUri, Side.Client, uri)
            .With(AppBuffer.HttpHost, Side.Client, host).With(AppBuffer.HttpMethod, Side.Client, "GET");

    [Fact]
    public void A_rule_over_several_buffers_alerts_once_when_all_of_them_are_there()
    {
        using var bench = new RuleBench(
            "alert http any any -> any any (http.uri; content:\"/evil\"; "
                + "http.host; content:\"bad\"; sid:1;)");
        MadeUpTransaction request = Request("/evil", "bad.example");

        Assert.Empty(bench.Show(request.At(Side.Client, AppProgress.Line), Side.Client));
        Assert.Equal([1u], bench.Show(request.At(Side.Client, AppProgress.Headers), Side.Client));
        Assert.Empty(bench.Show(request.At(Side.Client, AppProgress.Complete), Side.Client));
        Assert.Equal([1u], bench.Show(
            Request("/evil", "bad").At(Side.Client, AppProgress.Complete), Side.Client));
    }

    [Fact]
    public void A_rule_for_one_direction_or_protocol_does_not_see_another()
    {
        using var bench = new RuleBench(
            "alert http any any -> any any (flow:to_client; http.header; content:\"x\"; sid:1;)",
            "alert smtp any any -> any any (file.data; content:\"x\"; sid:2;)",
            "alert tcp any any -> any any (file.data; content:\"x\"; sid:3;)");
        var answer = new MadeUpTransaction(AppProtocol.Http);
        answer.With(AppBuffer.HttpHeader, Side.Client, "x").With(AppBuffer.HttpHeader, Side.Server, "x")
            .With(AppBuffer.FileData, Side.Server, "x").At(Side.Client, AppProgress.Complete)
            .At(Side.Server, AppProgress.Complete);

        Assert.Empty(bench.Show(answer, Side.Client));
        Assert.Equal([1u, 3u], bench.Show(answer, Side.Server));
    }

    [Fact]
    public void Of_a_buffer_that_occurs_several_times_each_use_may_mean_another_one()
    {
        const string Options = "dns.query; content:\"one\"; dns.query; content:\"two\"; sid:1;";
        using var bench = new RuleBench($"alert dns any any -> any any ({Options})");
        MadeUpTransaction Query(params string[] names) => new MadeUpTransaction(AppProtocol.Dns)
            .With(AppBuffer.DnsQuery, Side.Client, names).At(Side.Client, AppProgress.Complete);

        Assert.Equal([1u], bench.Show(Query("one.example", "two.example"), Side.Client));
        Assert.Empty(bench.Show(Query("one.example"), Side.Client));
    }

    [Fact]
    public void Without_the_buffer_not_even_what_must_not_be_there_holds()
    {
        using var bench = new RuleBench(
            "alert http any any -> any any (http.referer; content:!\"x\"; sid:1;)",
            "alert http any any -> any any (http.referer; bsize:0; sid:2;)");

        MadeUpTransaction with = Request("/", "a").With(AppBuffer.HttpReferer, Side.Client, "y");
        Assert.Empty(bench.Show(Request("/", "a").At(Side.Client, AppProgress.Complete), Side.Client));
        Assert.Equal([1u], bench.Show(with.At(Side.Client, AppProgress.Complete), Side.Client));
    }

    [Fact]
    public void PORT_with_another_address_is_a_bounce()
    {
        using var bench = new RuleBench("alert tcp any any -> any any (ftpbounce; sid:1;)");
        MadeUpTransaction Port(string address) => new MadeUpTransaction(AppProtocol.Ftp)
            .With(AppBuffer.FtpCommand, Side.Client, "PORT").At(Side.Client, AppProgress.Complete)
            .With(AppBuffer.FtpCommandData, Side.Client, address);

        Assert.Empty(bench.Show(Port("10,0,0,1,4,5"), Side.Client));
        Assert.Equal([1u], bench.Show(Port("10,0,0,9,4,5"), Side.Client));
        Assert.Empty(bench.Show(Port("10,0,9"), Side.Client));
    }

    [Fact]
    public void An_event_is_reported_once_and_in_one_direction()
    {
        using var bench = new RuleBench(
            "alert tls any any -> any any (app-layer-event:tls.invalid_sni_type; sid:1;)",
            "alert tls any any -> any any (flow:to_client; app-layer-event:tls.invalid_sni_type; sid:2;)");
        var hello = new MadeUpTransaction(AppProtocol.Tls);
        hello.At(Side.Client, AppProgress.Line);

        Assert.Empty(bench.Show(hello, Side.Client));
        hello.Report(AppAnomaly.TlsInvalidSniType);
        Assert.Equal([1u], bench.Show(hello, Side.Client));
        Assert.Equal([2u], bench.Show(hello, Side.Server));
        Assert.Empty(bench.Show(hello, Side.Client));
    }

    [Fact]
    public void A_rule_about_payload_and_transaction_needs_both_in_either_order()
    {
        const string Rule =
            "alert http any any -> any any (content:\"raw\"; http.uri; content:\"/a\"; sid:1;)";
        using var payloadFirst = new RuleBench(Rule);
        using var transactionFirst = new RuleBench(Rule);
        MadeUpTransaction request = Request("/a", "h").At(Side.Client, AppProgress.Complete);
        MadeUpTransaction same = Request("/a", "h").At(Side.Client, AppProgress.Complete);

        Assert.Empty(payloadFirst.ShowStream("raw bytes", AppProtocol.Http));
        Assert.Equal([1u], payloadFirst.Show(request, Side.Client));
        Assert.Empty(transactionFirst.Show(same, Side.Client));
        Assert.Equal([1u], transactionFirst.ShowStream("raw bytes", AppProtocol.Http));
        Assert.Empty(transactionFirst.ShowStream("raw bytes", AppProtocol.Http));
    }

    [Fact]
    public void Numbers_lengths_and_digests_are_compared()
    {
        using var bench = new RuleBench(
            "alert tls any any -> any any (ssl_version:tls1.0,tls1.1; sid:1;)",
            "alert tls any any -> any any (ssl_version:!tls1.2; sid:2;)",
            "alert tls any any -> any any (tls.cert_chain_len:>2; sid:3;)",
            "alert http any any -> any any (urilen:<3; sid:4;)",
            "alert http any any -> any any (file.data; to_md5; "
                + "content:\"|90 01 50 98 3c d2 4f b0 d6 96 3f 7d 28 e1 7f 72|\"; sid:5;)");
        MadeUpTransaction tls = new MadeUpTransaction(AppProtocol.Tls)
            .With(AppNumber.TlsVersion, Side.Client, 0x0301).At(Side.Client, AppProgress.Complete)
            .With(AppNumber.TlsCertificateCount, Side.Client, 3);
        MadeUpTransaction http = Request("/a", "h").At(Side.Client, AppProgress.Complete)
            .With(AppBuffer.FileData, Side.Client, "abc");

        Assert.Equal([1u, 3u], bench.Show(tls, Side.Client));
        Assert.Equal([4u, 5u], bench.Show(http, Side.Client));
    }
}
