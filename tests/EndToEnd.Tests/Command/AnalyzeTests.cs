using System.Text;

namespace EndToEnd.Tests.Command;

/// <summary>Bad input to analyze: each kind has a sentence and the right exit status.</summary>
public sealed class AnalyzeTests : IDisposable
{
    private static readonly string Capture = RepositoryTree.At("installer", "demo", "03-sql-injection.pcap");

    private readonly string _folder = Directory.CreateTempSubdirectory("analyze-").FullName;

    private string Out => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void All_five_files_are_written_and_a_second_run_gives_the_same()
    {
        string rules = RepositoryTree.At("installer", "demo", "demo.rules");
        string second = Path.Combine(_folder, "again");
        Assert.Equal(0, Analyze(Capture, "--rules", rules, "--stream-hashes", "--out", Out).ExitCode);
        Assert.Equal(0, Analyze(Capture, "--rules", rules, "--stream-hashes", "--out", second).ExitCode);
        foreach (string file in new[] { "eve.json", "tcp.json", "flows.json", "rejected-rules.json" })
        {
            Assert.Equal(File.ReadAllText(Path.Combine(Out, file)),
                File.ReadAllText(Path.Combine(second, file)));
        }
        Assert.True(File.Exists(Path.Combine(Out, "summary.json")));
        Assert.Contains("9000002", File.ReadAllText(Path.Combine(Out, "eve.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_that_is_not_there_is_named()
    {
        Outcome outcome = Analyze("nowhere.pcap", "--out", Out);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("nowhere.pcap", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_capture_is_refused()
    {
        string path = Write("text.pcap", "this is not a capture"u8.ToArray());
        Outcome outcome = Analyze(path, "--out", Out);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("text.pcap", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_capture_that_ends_inside_a_packet_is_read_as_far_as_it_goes()
    {
        string path = Write("cut.pcap", File.ReadAllBytes(Capture)[..1000]);
        Outcome outcome = Analyze(path, "--out", Out);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("ends inside a packet", outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(
            "\"captureTruncated\": true", File.ReadAllText(Path.Combine(Out, "summary.json")),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_arguments_and_unknown_options_are_wrong_usage()
    {
        Assert.Equal(2, Analyze().ExitCode);
        Assert.Equal(2, Analyze(Capture).ExitCode);
        Assert.Equal(2, Analyze(Capture, "--out", Out, "--colour").ExitCode);
    }

    [Fact]
    public void A_rules_file_with_garbage_loads_the_rest_and_lists_what_it_left_out()
    {
        string good = "alert tcp any any -> any any (msg:\"seen\"; content:\"SELECT\"; sid:1; rev:1;)";
        string rules =
            Write("mixed.rules", Encoding.UTF8.GetBytes($"\0\u0001 garbage (\n{good}\nalert tcp (((\n"));
        Outcome outcome = Analyze(Capture, "--rules", rules, "--out", Out);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("\"signature_id\":1,", File.ReadAllText(Path.Combine(Out, "eve.json")),
            StringComparison.Ordinal);
        Assert.NotEmpty(File.ReadAllText(Path.Combine(Out, "rejected-rules.json")));
    }

    [Fact]
    public void All_faults_of_a_chain_are_named_with_their_paths()
    {
        string chain = Write("chain.json", Encoding.UTF8.GetBytes("""
            {"version":1,"ports":[{"id":"p","device":"demo"}],
             "chains":[{"id":"c","ports":["p"],"stages":[{"nfs":[{"name":"a","kind":"no-such-kind"},
                {"name":"b","kind":"dpi","colour":"red"}]}]}]}
            """));
        Outcome outcome = Analyze(Capture, "--chain", chain, "--out", Out);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("/chains/0/stages/0/nfs/", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_runs_at_once_do_not_disturb_each_other()
    {
        Outcome[] outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            i => Task.Run(() => Analyze(Capture, "--out", Path.Combine(_folder, $"out{i}")))));
        Assert.All(outcomes, outcome => Assert.Equal(0, outcome.ExitCode));
    }

    private static Outcome Analyze(params string[] arguments) =>
        ApplianceCommand.Run(["analyze", .. arguments]);

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
