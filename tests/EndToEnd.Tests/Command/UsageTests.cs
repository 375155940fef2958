namespace EndToEnd.Tests.Command;

public sealed class UsageTests
{
    public static TheoryData<string> Verbs =>
        ["up", "down", "status", "link", "key", "doctor", "analyze", "bench", "test"];

    public static TheoryData<string[], string> WrongUsage => new()
    {
        { [], "usage: appliance VERB" },
        { ["fly"], "There is no verb 'fly'" },
        { ["up", "--sideways"], "up does not know '--sideways'" },
        { ["up", "--port", "70000"], "--port needs a number" },
        { ["up", "--port"], "--port needs a value" },
        { ["key", "list"], "key knows one word, create" },
        { ["key", "create", "--name", "n"], "needs --scope" },
        { ["key", "create", "--scope", "read:*"], "needs --name" },
        { ["test", "one", "two"], "takes one FILTER" },
        { ["status", "now"], "status does not know 'now'" },
    };

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Every_verb_explains_itself(string verb)
    {
        Outcome help = ApplianceCommand.Run(verb, "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.StartsWith($"usage: appliance {verb}", help.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrongUsage))]
    public void Wrong_usage_ends_with_status_2_and_one_sentence(string[] arguments, string words)
    {
        Outcome outcome = ApplianceCommand.Run(arguments);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(words, outcome.Errors, StringComparison.Ordinal);
        Assert.Empty(outcome.Printed);
    }

    [Fact]
    public void Down_and_status_of_an_appliance_that_never_ran_say_so()
    {
        string data = Path.Combine(Path.GetTempPath(), "appliance-that-never-was");
        Assert.Equal(0, ApplianceCommand.Run("down", "--data", data).ExitCode);
        Outcome status = ApplianceCommand.Run("status", "--data", data);
        Assert.Equal(1, status.ExitCode);
        Assert.Contains("is not running", status.Printed, StringComparison.Ordinal);
        Assert.False(Directory.Exists(data));
    }

    [Fact]
    public void A_configuration_that_is_not_there_is_named()
    {
        Outcome outcome = ApplianceCommand.Run("up", "--config", "nowhere.json", "--port", "0");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("nowhere.json cannot be read", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_gives_a_fix_for_whatever_it_finds()
    {
        Outcome outcome = ApplianceCommand.Run("doctor");
        string[] lines = outcome.Printed.TrimEnd().Split('\n');
        Assert.Contains(lines, line => line.StartsWith("ok ", StringComparison.Ordinal));
        foreach ((int index, string line) in lines.Index())
        {
            if (line.StartsWith("note ", StringComparison.Ordinal)
                || line.StartsWith("fault ", StringComparison.Ordinal))
            {
                Assert.StartsWith("       fix: ", lines[index + 1], StringComparison.Ordinal);
            }
        }
        Assert.Equal(outcome.Printed.Contains("fault ", StringComparison.Ordinal) ? 1 : 0, outcome.ExitCode);
    }
}
