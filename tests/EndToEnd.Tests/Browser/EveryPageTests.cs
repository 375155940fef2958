using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

public sealed class EveryPageTests(BrowserAppliance appliance) : IClassFixture<BrowserAppliance>
{
    private static readonly string[] Paths =
    [
        "/", "/alerts", "/flows", "/chains", "/chains/demo", "/chains/demo/explain", "/rules",
        "/ports",
        "/settings/revisions", "/settings/keys", "/me", "/api", "/about",
    ];

    [Fact]
    public async Task No_page_breaks_the_script_policy_or_asks_another_origin()
    {
        await using Reader reader = await appliance.SignInAsync();

        foreach (string path in Paths)
        {
            await reader.GoAsync(path);
        }

        Assert.Empty(reader.Complaints);
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task No_page_shuts_anybody_out(ColorScheme colors)
    {
        await using Reader reader = await appliance.SignInAsync(colors);
        var faults = new List<string>();

        foreach (string path in Paths)
        {
            await reader.GoAsync(path);
            AxeResult result = await reader.Page.RunAxe();
            faults.AddRange(result.Violations.Select(fault =>
                $"{path}: {fault.Id}, {fault.Nodes.Length} times, {fault.Nodes[0].Html}"));
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Fact]
    public async Task No_page_is_wider_than_a_phone()
    {
        await using Reader reader = await appliance.SignInAsync();
        await reader.Page.SetViewportSizeAsync(390, 844);

        foreach (string path in Paths)
        {
            await reader.GoAsync(path);
            Assert.True(
                await reader.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
                $"{path} scrolls sideways.");
        }
    }
}
