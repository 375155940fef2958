using WebUi.Components.Controls;
using Xunit;

namespace WebUi.Tests.Controls;

public sealed class RateTests
{
    [Theory]
    [InlineData(0, "b/s", "0 b/s")]
    [InlineData(999, "p/s", "999 p/s")]
    [InlineData(1_000, "p/s", "1 kp/s")]
    [InlineData(12_345, "p/s", "12.3 kp/s")]
    [InlineData(999_600, "p/s", "1 Mp/s")]
    [InlineData(1_204_331, "b/s", "1.2 Mb/s")]
    [InlineData(4_560, "events/s", "4.56 k events/s")]
    [InlineData(0.54, "/s", "0.54 /s")]
    public void Rates_have_three_digits_and_a_prefix(double value, string unit, string text) =>
        Assert.Equal(text, Rate.Text(value, unit).Replace('\u202f', ' '));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(2.5, "2.5 s")]
    [InlineData(0.0125, "12.5 ms")]
    [InlineData(3.4e-7, "340 ns")]
    public void Small_amounts_get_the_prefix_that_fits(double value, string text) =>
        Assert.Equal(text, Rate.Small(value, "s").Replace('\u202f', ' '));

    [Fact]
    public void What_is_not_known_is_a_dash() => Assert.Equal("–", Rate.Text(null, "b/s"));
}
