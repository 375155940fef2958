using System.Text.Json;
using Dataplane.Offline;
using Testing;

namespace Dataplane.Tests.Offline;

/// <summary>What `analyze` writes of applications when its logger hears EVENT/APP/END.</summary>
public sealed class ApplicationRecordTests
{
    private const string Chain = """
        {"version":1,"ports":[{"id":"p","device":"capture:x.pcap"}],
         "chains":[{"id":"c","ports":["p"],"stages":[{"nfs":[
           {"name":"log","kind":"logger","subscriptions":[{"event":"EVENT/APP/END"}]}]}]}]}
        """;

    private const string Rules =
        "alert http any any -> any any (http.uri; content:\"/first\"; sid:1;)\n"
        + "alert http any any -> any any (http.uri; content:\"/third\"; sid:3;)\n";

    private static readonly string[] Requests = ["/first", "/second", "/third"];

    [Fact]
    public void A_request_with_its_response_is_one_line_http()
    {
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:8080").Handshake()
            .ClientSends("GET /a%20b?c HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: test\r\n\r\n")
            .ServerSends("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello").Close();

        JsonElement eve = Assert.Single(Analyze(Chain, "", script));

        Assert.Equal("http", eve.GetProperty("event_type").GetString());
        Assert.Equal("http", eve.GetProperty("app_proto").GetString());
        Assert.Equal(8080, eve.GetProperty("dest_port").GetInt32());
        JsonElement http = eve.GetProperty("http");
        Assert.Equal("www.example.org", http.GetProperty("hostname").GetString());
        Assert.Equal("/a b?c", http.GetProperty("url").GetString());
        Assert.Equal("test", http.GetProperty("http_user_agent").GetString());
        Assert.Equal(404, http.GetProperty("status").GetInt32());
        Assert.Equal(5, http.GetProperty("length").GetInt32());
    }

    [Fact]
    public void An_alert_carries_the_transaction_that_matched_not_the_newest()
    {
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake()
            .ClientSends(string.Concat(Requests.Select(r => $"GET {r} HTTP/1.1\r\nHost: h\r\n\r\n")))
            .ServerSends(string.Concat(Requests.Select(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")))
            .Close();

        IReadOnlyList<JsonElement> lines = Analyze(ChainOf("{}"), Rules, script);

        Assert.Equal(
            [("/first", 0, 1), ("/third", 2, 3)],
            lines.Select(e => (e.GetProperty("http").GetProperty("url").GetString()!,
                e.GetProperty("tx_id").GetInt32(),
                e.GetProperty("alert").GetProperty("signature_id").GetInt32())).OrderBy(e => e.Item2));
        Assert.All(lines, e => Assert.False(e.TryGetProperty("tx_guessed", out _)));
    }

    [Fact]
    public void Lines_for_transactions_and_flows_are_options_of_the_logger()
    {
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake()
            .ClientSends("GET /first HTTP/1.1\r\nHost: h\r\n\r\n")
            .ServerSends("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").Close();

        IReadOnlyList<JsonElement> lines = Analyze(
            ChainOf("""{"writeHttp":true,"writeFlows":true,"alertPacket":true}"""), Rules, script);

        Assert.Equal(
            ["alert", "flow", "http"], lines.Select(e => e.GetProperty("event_type").GetString()!).Order());
        JsonElement alert = lines.Single(e => e.TryGetProperty("alert", out _));
        Assert.True(alert.GetProperty("packet").GetBytesFromBase64().Length > 54);
        JsonElement flow = lines.Single(e => e.GetProperty("event_type").GetString() == "flow");
        Assert.True(flow.GetProperty("flow").GetProperty("alerted").GetBoolean());
        Assert.Equal("http", flow.GetProperty("app_proto").GetString());
        Assert.All(lines, e => Assert.True(e.TryGetProperty("community_id", out _)));
    }

    /// <summary>Signature match, identification and a logger with options.</summary>
    private static string ChainOf(string options) => $$$"""
        {"version":1,"ports":[{"id":"p","device":"capture:x.pcap"}],
         "ruleSets":[{"id":"r","files":["r.rules"]}],
         "chains":[{"id":"c","ports":["p"],"stages":[{"nfs":[{"name":"dpi","kind":"dpi"},
           {"name":"ids","kind":"signature-match","options":{"ruleSet":"r"}},
           {"name":"log","kind":"logger","options":{{{options}}}}]}]}]}
        """;

    private static IReadOnlyList<JsonElement> Analyze(string chain, string rules, TcpScript script)
    {
        string folder = Directory.CreateTempSubdirectory("records-").FullName;
        try
        {
            string capture = Path.Combine(folder, "x.pcap");
            string chainFile = Path.Combine(folder, "chain.json");
            File.WriteAllText(chainFile, chain);
            File.WriteAllText(Path.Combine(folder, "r.rules"), rules);
            PcapFile.Write(capture, script.Frames);
            var errors = new StringWriter();
            int code = AnalyzeRun.Execute(
                [capture, "--chain", chainFile, "--out", folder, "--outputs", "eve"], errors);
            Assert.True(code == 0, errors.ToString());
            return [.. File.ReadLines(Path.Combine(folder, "eve.json"))
                .Select(line => JsonDocument.Parse(line).RootElement)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
