using System.Net;
using WebUi.Hosting;
using Xunit;

namespace WebUi.Tests.Hosting;

public sealed class WebUiOptionsTests
{
    [Fact]
    public void Listens_on_loopback_and_asks_the_next_port_unless_told_otherwise()
    {
        WebUiOptions options = WebUiOptions.Parse(["--data", "/tmp/x", "--port", "9000"]);

        Assert.Equal("/tmp/x", options.DataFolder);
        Assert.Equal(new Uri("http://127.0.0.1:9001"), options.Api);
        Assert.Equal([IPAddress.Loopback, IPAddress.IPv6Loopback], options.Listen);
    }

    [Fact]
    public void Listens_on_each_address_given()
    {
        WebUiOptions options = WebUiOptions.Parse(["--listen", "0.0.0.0", "--listen", "::"]);

        Assert.Equal([IPAddress.Any, IPAddress.IPv6Any], options.Listen);
    }

    [Theory]
    [InlineData("--port", "70000", "70000 is not a port number")]
    [InlineData("--port", "-1", "-1 is not a port number")]
    [InlineData("--listen", "example", "example is not an IP address")]
    [InlineData("--api", "ftp://x", "ftp://x is not an address")]
    [InlineData("--color", "red", "--color is not an option")]
    public void What_is_wrong_is_named(string option, string value, string words)
    {
        UsageException fault = Assert.Throws<UsageException>(() => WebUiOptions.Parse([option, value]));

        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_option_without_its_value_is_named() =>
        Assert.Contains(
            "--port needs a value",
            Assert.Throws<UsageException>(() => WebUiOptions.Parse(["--port"])).Message,
            StringComparison.Ordinal);
}
