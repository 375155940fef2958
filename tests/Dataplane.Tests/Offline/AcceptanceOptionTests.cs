using System.Globalization;
using Dataplane.Offline;
using Testing;

namespace Dataplane.Tests.Offline;

/// <summary>`analyze --acceptance`, and the same by the document: whose eyes a capture is read
/// with.</summary>
public sealed class AcceptanceOptionTests
{
    private const string Strict = """
        {"stack":{"acceptance":"receiver"},"ports":[{"id":"a","device":"demo"}],
         "chains":[{"id":"c","ports":["a"],"stages":[{"nfs":[{"name":"stats","kind":"flow-stats"}]}]}]}
        """;

    [Theory]
    [InlineData(null, false, 2)]
    [InlineData("capture", false, 2)]
    [InlineData("receiver", false, 1)]
    [InlineData(null, true, 1)]
    [InlineData("capture", true, 2)]
    public void A_SYN_inside_a_connection_begins_another_unless_its_receiver_is_asked(
        string? word, bool hasDocument, int connections)
    {
        string folder = Directory.CreateTempSubdirectory("acceptance-option-").FullName;
        try
        {
            string capture = Path.Combine(folder, "capture.pcap");
            PcapFile.Write(capture, Frames());
            string document = Path.Combine(folder, "chain.json");
            File.WriteAllText(document, Strict);
            List<string> words = [capture, "--out", folder, "--outputs", "tcp"];
            words.AddRange(word is null ? [] : ["--acceptance", word]);
            words.AddRange(hasDocument ? ["--chain", document] : []);
            var errors = new StringWriter(CultureInfo.InvariantCulture);

            Assert.True(AnalyzeRun.Execute(words, errors) == 0, errors.ToString());

            Assert.Equal(connections, File.ReadLines(Path.Combine(folder, "tcp.json")).Count());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Another_word_is_refused_with_those_there_are()
    {
        Assert.False(AnalyzeOptions.TryParse(
            ["a.pcap", "--out", "b", "--acceptance", "maybe"], out _, out string? fault));
        Assert.Equal("--acceptance takes capture or receiver; maybe is neither.", fault);
    }

    private static IEnumerable<Frame> Frames()
    {
        TcpScript script = TcpScript.Between("10.0.0.1:4000", "10.0.0.2:80").Handshake().ClientSends("x");
        Frame syn = PacketBuilder.Ethernet().Ipv4("10.0.0.1", "10.0.0.2")
            .Tcp(4000, 80, 77_777, 0, TcpFlags.Syn).At(script.NowNs);
        return [.. script.Frames, syn];
    }
}
