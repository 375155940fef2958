namespace EndToEnd.Tests.Command;

/// <summary>A test that was skipped fails the run unless the list allows it.</summary>
public sealed class SkipListTests : IDisposable
{
    private const string Allowed = "Some.Tests.Place.CaptureTests.A_capture_is_read";
    private readonly string _folder = Directory.CreateTempSubdirectory("skips-").FullName;

    [Fact]
    public void A_skipped_test_that_is_not_on_the_list_is_named() =>
        Assert.Equal("Some.Tests.WireTests.Traffic_flows", Unlisted(
            ("Some.Tests.WireTests.Traffic_flows", "NotExecuted"), (Allowed, "NotExecuted")));

    [Fact]
    public void Listed_skips_and_tests_that_ran_are_not_named()
    {
        Assert.Equal("", Unlisted((Allowed, "NotExecuted"), ("Some.Tests.WireTests.Flows", "Passed")));
        Assert.Equal("", Unlisted((Allowed + "(file: &quot;a.pcap&quot;)", "NotExecuted")));
    }

    [Fact]
    public void A_test_whose_name_only_begins_like_a_listed_one_is_named() =>
        Assert.Equal(Allowed + "_twice", Unlisted((Allowed + "_twice", "NotExecuted")));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Unlisted(params (string Name, string Outcome)[] results)
    {
        File.WriteAllText(Path.Combine(_folder, "list"), $"# reasons\n{Allowed}  needs captures\n");
        File.WriteAllLines(Path.Combine(_folder, "a.trx"),
        [
            "<TestRun><Results>",
            .. results.Select(result =>
                $"<UnitTestResult executionId=\"1\" testName=\"{result.Name}\" "
                + $"outcome=\"{result.Outcome}\" computerName=\"x\"></UnitTestResult>"),
            "</Results></TestRun>",
        ]);
        string library = RepositoryTree.At("installer", "lib", "skipped.sh");
        Outcome outcome = ApplianceCommand.RunProgram(
            "bash", "-c", $". '{library}' && unlisted_skips '{_folder}' '{_folder}/list'");
        Assert.Equal(0, outcome.ExitCode);
        return outcome.Printed.Trim();
    }
}
