using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

public sealed class DashboardTests(BrowserAppliance appliance) : IClassFixture<BrowserAppliance>
{
    [Fact]
    public async Task The_first_alert_arrives_while_the_reader_watches()
    {
        await using Reader reader = await appliance.SignInAsync();

        ILocator alerts = reader.Page.GetByRole(AriaRole.List, new() { Name = "Latest alerts" })
            .GetByRole(AriaRole.Listitem);

        await Assertions.Expect(alerts.First).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.GetByText("Demo traffic. Nothing leaves this machine."))
            .ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_new_alert_takes_the_first_place_without_a_reload()
    {
        await using Reader reader = await appliance.SignInAsync();
        ILocator first = reader.Page.GetByRole(AriaRole.List, new() { Name = "Latest alerts" })
            .GetByRole(AriaRole.Link).First;
        string? before = await first.GetAttributeAsync("href");

        await Assertions.Expect(first).Not.ToHaveAttributeAsync("href", before!);
    }

    [Fact]
    public async Task The_chain_shows_events_on_its_subscriptions()
    {
        await using Reader reader = await appliance.SignInAsync();

        ILocator chain = reader.Page.GetByRole(AriaRole.Group, new() { Name = "Chain demo", Exact = true });

        await Assertions.Expect(chain.Locator(".row.live").First).ToBeVisibleAsync();
        await Assertions.Expect(chain.GetByRole(AriaRole.Img, new() { Name = "signature" }).First)
            .ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_page_comes_back_by_itself_when_the_web_process_died()
    {
        await using Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/alerts?filter=severity%20%3D%201");

        appliance.KillWebUi();

        await Assertions.Expect(reader.Page.Locator("#reconnect")).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.Locator("#reconnect")).ToBeHiddenAsync();
        await reader.WaitUntilLiveAsync();
        await Assertions.Expect(reader.Page.GetByLabel("Filter").First).ToHaveValueAsync("severity = 1");
    }
}
