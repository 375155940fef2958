using Dataplane.Inspection.Rules;

namespace Dataplane.Tests.Inspection.Rules;

public sealed class RuleChangesTests
{
    private const string Rules =
        """
        alert tcp any any -> any any (msg:"one"; sid:1;)
        alert udp any any -> any any (msg:"two"; sid:2;)
        # alert udp any any -> any any (msg:"three"; sid:3;)
        # a remark
        """;

    [Fact]
    public void Rules_are_switched_off_and_on_by_number_file_or_expression()
    {
        Assert.Equal([1u], Sids(("disable", "2")));
        Assert.Equal([2u], Sids(("disable", "re:msg:\"ONE\"")));
        Assert.Empty(Sids(("disable", "filename:*.rules")));
        Assert.Equal([1u, 2u, 3u], Sids(("enable", "1:3")));
        Assert.Equal([2u], Sids(("disable", "group:test"), ("enable", "2 # again")));
    }

    [Fact]
    public void Rules_are_made_to_drop_and_their_text_is_changed()
    {
        LoadedRules loaded = Load(
            ("drop", "1"), ("modify", "2 \"two\" \"deux\""), ("modify", "re:deux \"m(s)g\" \"m\\1g\""));

        Assert.Equal(RuleAction.Drop, loaded.Rules[0].Action);
        Assert.Equal("deux", loaded.Rules[1].Message);
    }

    [Fact]
    public void A_line_that_cannot_be_read_is_named()
    {
        var changes = new RuleChanges();

        RejectedRule rejected = Assert.Single(changes.Read("disable", "disable.conf", ["", "re:(", "7"]));
        Assert.Equal(2, rejected.Line);
    }

    private static uint[] Sids(params (string Kind, string Line)[] lines) =>
        [.. Load(lines).Rules.Select(r => r.Sid)];

    private static LoadedRules Load(params (string Kind, string Line)[] lines)
    {
        var changes = new RuleChanges();
        foreach ((string kind, string line) in lines)
        {
            Assert.Empty(changes.Read(kind, kind + ".conf", [line]));
        }
        var file = new RuleFile(new RuleParser(new RuleVariables(), new Classifications()), changes);
        file.Read("test.rules", new StringReader(Rules));
        return file.Loaded;
    }
}
