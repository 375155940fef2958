using System.Text;
using System.Text.Json;
using Dataplane.Inspection.Rules;
using Testing;

namespace Dataplane.Tests.Inspection.Rules;

/// <summary>Which rule texts are accepted, against what Suricata 7.0.10 accepts.</summary>
public sealed class ReferenceAgreementTests
{
    private const double AcceptedMin = 0.99;
    private const double RefusedMin = 0.95;

    [Fact]
    public void The_language_accepts_and_refuses_what_the_reference_engine_does()
    {
        string? folder = AcceptanceData.Find("suricata");
        Assert.SkipWhen(folder is null, "The acceptance rules are not on this machine.");
        var parser = new RuleParser(new RuleVariables(), new Classifications());
        var wrongly = new Dictionary<bool, List<string>> { [true] = [], [false] = [] };
        var count = new Dictionary<bool, int> { [true] = 0, [false] = 0 };
        foreach (string line in File.ReadLines(Path.Combine(folder!, "ruleparse.jsonl")))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            string text = row.RootElement.GetProperty("rule").GetString()!;
            bool accepted = row.RootElement.GetProperty("accepted").GetBoolean();
            count[accepted]++;
            if (Accepts(parser, text) != accepted)
            {
                wrongly[accepted].Add(text);
            }
        }
        Check(wrongly[true], count[true], AcceptedMin);
        Check(wrongly[false], count[false], RefusedMin);
    }

    private static void Check(List<string> wrong, int count, double least) =>
        Assert.True(
            wrong.Count <= count * (1 - least), $"{wrong.Count} of {count}:\n{string.Join('\n', wrong)}");

    private static bool Accepts(RuleParser parser, string text)
    {
        try
        {
            parser.Parse(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text)));
            return true;
        }
        catch (RuleSyntaxException)
        {
            return false;
        }
    }
}
