using Dataplane.Inspection.Rules;

namespace Dataplane.Tests.Inspection.Rules;

public sealed class RequiresTests
{
    [Theory]
    [InlineData("version >= 7 < 8", true)]
    [InlineData("version >= 7.0.3 < 8 | >= 9.0.99", true)]
    [InlineData("version >= 8.0.0", false)]
    [InlineData("version >= 7, keyword sid", true)]
    [InlineData("keyword foobar", false)]
    [InlineData("feature true_crystal_ball", false)]
    public void A_rule_loads_when_all_that_it_requires_is_given(string requires, bool loads)
    {
        LoadedRules loaded = RuleBench.Load($"alert ip any any -> any any (requires: {requires}; sid:1;)");

        Assert.Equal(loads ? 1 : 0, loaded.Rules.Count);
        Assert.Equal(loads ? 0 : 1, loaded.Rejected.Count);
    }
}
