using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

public sealed class RulesTests(BrowserAppliance appliance) : IClassFixture<BrowserAppliance>
{
    [Fact]
    public async Task Rules_say_what_they_cost_and_found_and_lead_to_their_alerts()
    {
        await using Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/rules");
        ILocator first = reader.Page.GetByRole(AriaRole.Table, new() { Name = "What rules cost and find" })
            .Locator("tbody tr").First;

        await Assertions.Expect(first.Locator("time")).ToBeVisibleAsync();
        string sid = await first.GetByRole(AriaRole.Link).InnerTextAsync();
        await first.GetByRole(AriaRole.Link).ClickAsync();

        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Alerts" }))
            .ToBeVisibleAsync();
        Assert.Contains(Uri.EscapeDataString($"sid = {sid}"), reader.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(reader.Page.Locator("[data-rows] tbody tr").First).ToBeVisibleAsync();
    }
}
