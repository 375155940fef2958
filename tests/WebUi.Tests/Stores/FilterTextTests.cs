using WebUi.Stores;
using Xunit;

namespace WebUi.Tests.Stores;

public sealed class FilterTextTests
{
    [Fact]
    public void Plain_values_stand_as_they_are_and_others_in_quotes()
    {
        Assert.Equal("ip = 2001:db8::1", FilterText.Condition("ip", "2001:db8::1", "="));
        Assert.Equal("nf != ids-main", FilterText.Condition("nf", "ids-main", "!="));
        Assert.Equal("text = \"a \\\" or b\"", FilterText.Condition("text", "a \" or b", "="));
        Assert.Equal("nf = \"\"", FilterText.Condition("nf", "", "="));
    }

    [Fact]
    public void An_or_keeps_its_meaning_when_a_condition_is_added()
    {
        Assert.Equal("severity = 1", FilterText.And("  ", "severity = 1"));
        Assert.Equal("port = 80 and severity = 1", FilterText.And("port = 80", "severity = 1"));
        Assert.Equal("(port = 80 or port = 81) and severity = 1", FilterText.And(
            "port = 80 or port = 81", "severity = 1"));
    }
}
