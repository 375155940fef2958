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

    [Fact]
    public void A_request_with_its_response_is_one_line_http()
    {
        string folder = Directory.CreateTempSubdirectory("records-").FullName;
        try
        {
            string capture = Path.Combine(folder, "x.pcap");
            string chain = Path.Combine(folder, "chain.json");
            File.WriteAllText(chain, Chain);
            PcapFile.Write(capture, TcpScript.Between("10.0.0.1:4000", "10.0.0.2:8080").Handshake()
                .ClientSends("GET /a%20b?c HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: test\r\n\r\n")
                .ServerSends("HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello").Close().Frames);
            var errors = new StringWriter();
            int code = AnalyzeRun.Execute(
                [capture, "--chain", chain, "--out", folder, "--outputs", "eve"], errors);
            Assert.True(code == 0, errors.ToString());
            string line = Assert.Single(File.ReadAllLines(Path.Combine(folder, "eve.json")));
            using JsonDocument eve = JsonDocument.Parse(line);
            Assert.Equal("http", eve.RootElement.GetProperty("event_type").GetString());
            Assert.Equal("http", eve.RootElement.GetProperty("app_proto").GetString());
            Assert.Equal(8080, eve.RootElement.GetProperty("dest_port").GetInt32());
            JsonElement http = eve.RootElement.GetProperty("http");
            Assert.Equal("www.example.org", http.GetProperty("hostname").GetString());
            Assert.Equal("/a b?c", http.GetProperty("url").GetString());
            Assert.Equal("test", http.GetProperty("http_user_agent").GetString());
            Assert.Equal(404, http.GetProperty("status").GetInt32());
            Assert.Equal(5, http.GetProperty("length").GetInt32());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
