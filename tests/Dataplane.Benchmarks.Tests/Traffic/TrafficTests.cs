using Dataplane.Benchmarks.Traffic;
using Dataplane.Packets;
using Testing;

namespace Dataplane.Benchmarks.Tests.Traffic;

public sealed class TrafficTests
{
    private static readonly SignatureSet Signatures = new();

    public static TheoryData<TrafficKind> Kinds => [.. Enum.GetValues<TrafficKind>()];

    [Theory, MemberData(nameof(Kinds))]
    public void Equal_options_give_equal_frames_and_another_seed_gives_others(TrafficKind kind)
    {
        var options = TrafficOptions.Small(kind);
        Assert.Equal(BytesOf(options), BytesOf(options));
        Assert.NotEqual(BytesOf(options), BytesOf(options with { Seed = 2 }));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_whole_attack_lies_in_the_packet_that_the_truth_names_and_others_in_none(TrafficKind kind)
    {
        (IReadOnlyList<TrafficFrame> frames, TrafficTruth truth) =
            TrafficGenerator.Generate(TrafficOptions.Small(kind), Signatures);
        Assert.NotEmpty(truth.Attacks);
        foreach (PlantedAttack attack in truth.Attacks)
        {
            TrafficFrame named = frames[attack.Packet - 1];
            Assert.Equal((attack.Flow, Side.Client), (named.Flow, named.Sender));
            int[] holding = [.. frames.Index().Where(frame => frame.Item.Flow == attack.Flow
                    && frame.Item.Bytes.AsSpan().IndexOf(Signatures[attack.Sid]) >= 0)
                .Select(frame => frame.Index + 1)];
            int[] expected = attack.IsWhole ? [attack.Packet] : [];
            Assert.Equal(expected, holding);
        }
    }

    [Fact]
    public void Attacks_of_the_http_mix_are_whole_cut_overlapping_and_reordered()
    {
        TrafficTruth truth = TrafficGenerator.Generate(TrafficOptions.Of(TrafficKind.T1), Signatures).Truth;
        Assert.Equal(
            ["cut", "overlapping", "reordered", "whole"],
            truth.Attacks.Select(attack => attack.Cut).Distinct().Order());
        Assert.Contains(truth.Attacks, attack => attack.Segments == 16);
        Assert.Contains(truth.Attacks, attack => attack.Request == 1);
        Assert.Contains(truth.Attacks, attack => attack.Request > 1);
    }

    [Fact]
    public void The_mix_has_thirty_percent_of_its_packets_in_http_flows()
    {
        TrafficTruth truth = TrafficGenerator.Generate(TrafficOptions.Of(TrafficKind.T2), Signatures).Truth;
        double share = truth.HttpPacketShare * truth.TcpPackets / truth.Packets;
        Assert.InRange(share, 0.28, 0.32);
        Assert.Equal(["dns", "http", "ssh", "tls"], truth.FlowsByProtocol.Keys.Order());
    }

    [Fact]
    public void Short_flows_have_about_ten_packets()
    {
        TrafficTruth truth = TrafficGenerator.Generate(TrafficOptions.Of(TrafficKind.T4), Signatures).Truth;
        Assert.InRange(truth.PacketsPerFlow, 9, 11);
    }

    [Fact]
    public void Each_loop_has_clients_of_its_own_and_right_checksums()
    {
        using var traffic = new TrafficSet(TrafficOptions.Small(TrafficKind.T2), Signatures);
        traffic.NextLoop();
        traffic.NextLoop();
        for (int i = 0; i < traffic.Frames.Count; i++)
        {
            byte[] moved = traffic.Store.Frames[i].Span.ToArray();
            byte[] ip = moved[TrafficFrame.Layer3Offset..TrafficFrame.Layer4Offset];
            byte[] source = ip[12..16];
            byte[] client = traffic.Frames[i].Sender == Side.Client ? source : ip[16..20];
            Assert.Equal(10, client[0]);
            Assert.Equal(2, client[1]);
            Assert.Equal(0, InternetChecksum.Of(ip));
            byte[] segment = moved[TrafficFrame.Layer4Offset..];
            Assert.Equal(0, InternetChecksum.WithPseudoHeader(source, ip[16..20], ip[9], segment));
        }
    }

    [Fact]
    public void Traffic_is_written_as_a_capture_with_its_truth_and_rules()
    {
        string folder = Directory.CreateTempSubdirectory("traffic").FullName;
        string file = Path.Combine(folder, "t4.pcap");
        using var output = new StringWriter();
        int status = TrafficFile.Write(["T4", file, "--flows", "20", "--seed", "3"], output, output);
        Assert.Equal(0, status);
        Assert.True(new FileInfo(file).Length > 20 * 10 * 60);
        Assert.Contains("\"seed\": 3", File.ReadAllText(file + ".truth.json"), StringComparison.Ordinal);
        Assert.Equal(SignatureSet.CountDefault, File.ReadLines(file + ".rules").Count());
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("T5", "file")]
    [InlineData("T1")]
    [InlineData("T1", "file", "--flows")]
    [InlineData("T1", "file", "--flows", "none")]
    [InlineData("T1", "file", "--flows", "70000")]
    [InlineData("T1", "file", "--colour", "1")]
    public void A_wrong_option_writes_nothing_and_says_how_it_is_written(params string[] arguments)
    {
        using var output = new StringWriter();
        Assert.Equal(2, TrafficFile.Write(arguments, output, output));
        Assert.Contains("--write-traffic", output.ToString(), StringComparison.Ordinal);
    }

    private static byte[] BytesOf(TrafficOptions options) =>
        [.. TrafficGenerator.Generate(options, Signatures).Frames.SelectMany(frame => frame.Bytes)];
}
