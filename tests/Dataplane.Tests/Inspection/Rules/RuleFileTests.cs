using System.Text;
using Dataplane.Inspection.Rules;

namespace Dataplane.Tests.Inspection.Rules;

public sealed class RuleFileTests
{
    [Fact]
    public void Comments_blank_lines_continued_lines_and_any_line_ending_are_understood()
    {
        LoadedRules loaded = RuleBench.Load(
            "# a comment", "", "   ", "alert tcp any any -> any any \\\r", "  (content:\"a\"; \\",
            "sid:1;)\r",
            "alert udp any any -> any any (sid:2;)");

        Assert.Equal([1u, 2u], loaded.Rules.Select(r => r.Sid));
        Assert.Equal([4, 7], loaded.Rules.Select(r => r.Line));
        Assert.Empty(loaded.Rejected);
    }

    [Fact]
    public void A_line_that_is_no_rule_is_reported_with_its_place_and_the_others_load()
    {
        LoadedRules loaded = RuleBench.Load(
            "alert tcp any any -> any any (sid:1;)", "garbage \u00FF\u00FE",
            "alert tcp any any -> any any (x:1; sid:9;)");

        Assert.Equal([1u], loaded.Rules.Select(r => r.Sid));
        Assert.Equal(
            [(2, 0u, "rule"), (3, 9u, "x")], loaded.Rejected.Select(r => (r.Line, r.Sid, r.Keyword)));
    }

    [Fact]
    public void Of_two_rules_with_one_sid_the_greater_revision_stays()
    {
        LoadedRules loaded = RuleBench.Load(
            "alert tcp any any -> any any (sid:1; rev:1;)", "alert tcp any any -> any any (sid:1; rev:2;)",
            "alert tcp any any -> any any (sid:1; rev:2;)");

        Assert.Equal([2u], loaded.Rules.Select(r => r.Revision));
        Assert.Equal([1, 3], loaded.Rejected.Select(r => r.Line).Order());
    }

    [Fact]
    public void A_rule_longer_than_the_limit_is_rejected()
    {
        var text = new StringBuilder("alert tcp any any -> any any (msg:\"");
        text.Append('x', RuleFile.RuleLengthMax).Append("\"; sid:1;)");

        LoadedRules loaded = RuleBench.Load(text.ToString());

        Assert.Empty(loaded.Rules);
        Assert.Single(loaded.Rejected);
    }

    [Fact]
    public void A_line_without_end_is_read_in_bounded_memory()
    {
        var file = new RuleFile(new RuleParser(new RuleVariables(), new Classifications()));
        using var endless = new EndlessLine(characters: 64L * RuleFile.RuleLengthMax);
        long before = GC.GetAllocatedBytesForCurrentThread();

        file.Read("endless", endless);

        Assert.Single(file.Loaded.Rejected);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 32L * RuleFile.RuleLengthMax);
    }

    [Fact]
    public void Bytes_that_are_no_valid_utf8_match_as_bytes()
    {
        LoadedRules loaded =
            RuleBench.Load("alert tcp any any -> any any (content:\"\u00E9\u0080\"; sid:1;)");

        var content = (ContentOption)loaded.Rules[0].Sections[0].Options[0];
        Assert.Equal([0xE9, 0x80], content.Pattern.ToArray());
    }

    [Fact]
    public void A_classification_file_beside_the_rules_overrides_the_shipped_class_types()
    {
        var classifications = new Classifications();
        classifications.Read(["# x", "config classification: my-type,My own type,2", "nonsense"]);
        var parser = new RuleParser(new RuleVariables(), classifications);

        Rule rule = parser.Parse("alert tcp any any -> any any (classtype:my-type; sid:1;)");

        Assert.Equal(("My own type", (byte)2), (rule.Category, rule.Priority));
        Assert.Equal((byte)1, parser.Parse(
            "alert tcp any any -> any any (classtype:trojan-activity; sid:1;)").Priority);
    }

    private sealed class EndlessLine(long characters) : TextReader
    {
        public override int Read() => characters-- > 0 ? 'x' : -1;
    }

    [Fact]
    public void A_keyword_that_nothing_inspects_rejects_its_rule_when_it_is_compiled()
    {
        using var rules = Dataplane.Inspection.Compile.RuleSet.Compile(RuleBench.Load(
            "alert tcp any any -> any any (sid:1;)",
            "alert quic any any -> any any (quic.sni; content:\"a\"; sid:2;)"));

        Assert.Equal(1, rules.Rules.Length);
        RejectedRule rejected = Assert.Single(rules.Rejected);
        Assert.Equal((2u, 2), (rejected.Sid, rejected.Line));
    }
}
