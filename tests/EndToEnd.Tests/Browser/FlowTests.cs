using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

public sealed partial class FlowTests(BrowserAppliance appliance) : IClassFixture<BrowserAppliance>
{
    [Fact]
    public async Task A_flow_says_who_hears_what_of_it_and_a_subscription_can_be_switched()
    {
        await using Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/flows");
        await reader.Page.GetByTitle("Who hears what of this flow").First.ClickAsync();
        ILocator table = reader.Page.GetByRole(AriaRole.Group, new() { Name = "Subscriptions of this flow" });
        ILocator off = table.GetByRole(AriaRole.Button, new() { NameRegex = SwitchOff() });

        await Assertions.Expect(table.GetByText("EVENT/", new() { Exact = false }).First).ToBeVisibleAsync();
        string name = (await off.First.GetAttributeAsync("aria-label"))!;
        await off.First.ClickAsync();

        await Assertions.Expect(reader.Page.GetByText("off behind event")).ToBeVisibleAsync();
        await Assertions.Expect(table.GetByRole(
            AriaRole.Button, new() { Name = $"{name[..^"off".Length]}on" })).ToBeVisibleAsync();
        await reader.Page.SetViewportSizeAsync(390, 844);
        await reader.GoAsync(new Uri(reader.Page.Url).AbsolutePath);
        Assert.True(
            await reader.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
    }

    [GeneratedRegex("^Switch .* off$")]
    private static partial Regex SwitchOff();
}
