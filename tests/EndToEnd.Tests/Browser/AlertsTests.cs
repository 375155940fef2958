using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

public sealed partial class AlertsTests(BrowserAppliance appliance) : IClassFixture<BrowserAppliance>
{
    [Fact]
    public async Task A_click_on_a_value_filters_by_it_and_the_address_says_so()
    {
        await using Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/alerts");

        ILocator only = reader.Page.GetByRole(AriaRole.Button, new() { NameRegex = OnlyHigh() }).First;
        await only.FocusAsync();
        await only.PressAsync("Enter");

        await Assertions.Expect(reader.Page).ToHaveURLAsync(new Regex("filter=severity%20%3D%201"));
        await Assertions.Expect(reader.Page.Locator("tbody .severity").First).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.Locator("tbody .severity:not(.s1)")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_paused_list_stands_still_and_counts_what_waits()
    {
        await using Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/alerts");
        ILocator rows = reader.Page.Locator("tbody [data-row-link]");
        await Assertions.Expect(rows.First).ToBeVisibleAsync();

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        ILocator goOn = reader.Page.GetByRole(AriaRole.Button, new() { NameRegex = Waiting() });
        string? first = await rows.First.GetAttributeAsync("href");
        await Assertions.Expect(goOn).ToBeVisibleAsync();
        Assert.Equal(first, await rows.First.GetAttributeAsync("href"));

        await goOn.ClickAsync();
        await Assertions.Expect(rows.First).Not.ToHaveAttributeAsync("href", first!);
    }

    [Fact]
    public async Task A_filter_that_cannot_be_read_is_told_with_its_column()
    {
        await using Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/alerts");

        await reader.Page.GetByLabel("Filter").First.FillAsync("severity = and");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Filter", Exact = true }).ClickAsync();

        await Assertions.Expect(reader.Page.Locator("#filter-help")).ToContainTextAsync("column");
    }

    [Fact]
    public async Task An_alert_shows_its_flow_its_packet_and_its_record()
    {
        await using Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/alerts?filter=type%20%3D%20EVENT%2FIDS_ALERT");

        await reader.Page.Locator("tbody [data-row-link]").First.ClickAsync();

        await Assertions.Expect(reader.Page.GetByRole(AriaRole.Heading, new() { Name = "Flow" }))
            .ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.GetByLabel("Packet bytes in hexadecimal and as text"))
            .ToContainTextAsync("0000  ");
        await Assertions.Expect(reader.Page.GetByText("\"event_type\": \"alert\"")).ToBeVisibleAsync();
    }

    [GeneratedRegex("^Only severity 1$")]
    private static partial Regex OnlyHigh();

    [GeneratedRegex(@"Go on \([1-9]")]
    private static partial Regex Waiting();
}
