using System.Globalization;
using System.Net;
using System.Text.Json;
using Dataplane.Offline;
using Testing;

namespace Dataplane.Tests.Offline;

/// <summary>`analyze --stream-hashes` against the connections, streams and counters TShark 4.0
/// gives.</summary>
/// <remarks>What differs, and why, is in docs/tcp.md.</remarks>
public sealed class TcpAcceptanceTests
{
    private const string NoData = "The acceptance captures are not on this machine.";
    private const double CasesMin = 0.99;
    private const double AnalysisMin = 0.99;

    private static readonly string[] Sides = ["c2s_", "s2c_"];
    private static readonly string[] Analysis =
        ["retransmission", "out_of_order", "duplicate_ack", "keep_alive", "zero_window"];

    [Fact]
    public void Connections_streams_and_counters_are_those_of_the_reference()
    {
        string? folder = AcceptanceData.Find("tcp");
        Assert.SkipWhen(folder is null, NoData);
        string output = Directory.CreateTempSubdirectory("acceptance-").FullName;
        var wrong = new List<string>();
        int cases = 0, connections = 0, analysed = 0;
        try
        {
            using JsonDocument index =
                JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder!, "index.json")));
            foreach (JsonElement one in index.RootElement.GetProperty("cases").EnumerateArray())
            {
                cases++;
                JsonElement[] flows = [.. one.GetProperty("flows").EnumerateArray().OrderBy(Started)];
                List<JsonElement> found = Found(one, folder!, output);
                bool isRight = found.Count == flows.Length;
                foreach (JsonElement want in flows)
                {
                    JsonElement? got = Take(found, want);
                    connections++;
                    isRight &= got is { } line && HasSameBytes(want, line) && HasSameTraffic(want, line);
                    analysed += got is { } same && HasSameAnalysis(want, same) ? 1 : 0;
                }
                if (!isRight)
                {
                    wrong.Add(one.GetProperty("id").GetString()!);
                }
            }
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
        Assert.True(cases > 100, $"Only {cases} cases were found.");
        string names = string.Join(' ', wrong);
        Assert.True(wrong.Count <= cases * (1 - CasesMin), $"{wrong.Count} of {cases} differ: {names}");
        Assert.True(analysed >= connections * AnalysisMin, $"Analysis: {analysed} of {connections} agree.");
    }

    private static List<JsonElement> Found(JsonElement one, string folder, string output)
    {
        var errors = new StringWriter(CultureInfo.InvariantCulture);
        string capture = Path.Combine(folder, one.GetProperty("pcap").GetString()!);
        int code = AnalyzeRun.Execute(
            [capture, "--out", output, "--outputs", "tcp", "--stream-hashes"], errors);
        Assert.True(code == 0, $"{one.GetProperty("id")}: {errors}");
        return
        [
            .. File.ReadLines(Path.Combine(output, "tcp.json"))
                .Select(line => JsonSerializer.Deserialize<JsonElement>(line)).OrderBy(Started),
        ];
    }

    /// <summary>The first line of the same ends. Without a SYN to go by, they may be named the other
    /// way.</summary>
    private static JsonElement? Take(List<JsonElement> found, JsonElement want)
    {
        int at = found.FindIndex(got => Ends(got) == Ends(want));
        if (at < 0)
        {
            return null;
        }
        JsonElement line = found[at];
        found.RemoveAt(at);
        return line;
    }

    private static bool HasSameBytes(JsonElement want, JsonElement got)
    {
        if (want.TryGetProperty("data_after_rst", out JsonElement after) && after.GetBoolean())
        {
            return true;
        }
        foreach (string side in Sides.Where(side => want.GetProperty(side + "robust").GetBoolean()))
        {
            string other = SideIn(want, got, side);
            var hashes = new List<string?> { want.GetProperty(side + "sha256").GetString() };
            if (want.TryGetProperty(side + "alt_sha256", out JsonElement more))
            {
                hashes.AddRange(more.EnumerateArray().Select(hash => hash.GetString()));
            }
            if (Number(want, side + "bytes") != Number(got, other + "bytes")
                || !hashes.Contains(got.GetProperty(other + "sha256").GetString()))
            {
                return false;
            }
        }
        return true;
    }

    private static bool HasSameTraffic(JsonElement want, JsonElement got)
    {
        bool isFragmented = want.TryGetProperty("fragmented", out JsonElement flag) && flag.GetBoolean();
        string[] counters = isFragmented ? ["payload_bytes"] : ["payload_bytes", "frame_bytes", "pkts"];
        return Sides.All(side => counters.All(counter =>
            Number(want, side + counter) == Number(got, SideIn(want, got, side) + counter)));
    }

    private static bool HasSameAnalysis(JsonElement want, JsonElement got) =>
        Sides.All(side => Analysis.All(counter =>
            Number(want.GetProperty(side + "analysis"), counter)
            == Number(got.GetProperty(SideIn(want, got, side) + "analysis"), counter)));

    private static string SideIn(JsonElement want, JsonElement got, string side) =>
        Client(want) == Client(got) ? side : Sides.Single(other => other != side);

    private static long Number(JsonElement from, string name) =>
        from.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : 0;

    private static double Started(JsonElement flow) => flow.GetProperty("first_ts").GetDouble();

    private static string Client(JsonElement flow) => End(flow, "client_ip", "client_port");

    private static string Ends(JsonElement flow) => string.Join(
        ' ', new[] { Client(flow), End(flow, "server_ip", "server_port") }.Order(StringComparer.Ordinal));

    private static string End(JsonElement flow, string address, string port) =>
        $"{IPAddress.Parse(flow.GetProperty(address).GetString()!)} {flow.GetProperty(port).GetInt32()}";
}
