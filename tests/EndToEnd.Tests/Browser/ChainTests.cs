using System.Globalization;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

public sealed class ChainTests(BrowserAppliance appliance) : IClassFixture<BrowserAppliance>
{
    private const string Statistics = "[data-nf=stats] [role=button]";

    [Fact]
    public async Task An_edited_option_is_applied_as_a_new_revision()
    {
        await using Reader reader = await OpenAsync();
        await reader.Page.Locator(Statistics).ClickAsync();

        await reader.Page.GetByLabel("Mean packet bytes").FillAsync("800");
        await reader.Page.GetByLabel("Mean packet bytes").PressAsync("Tab");
        await reader.Page.GetByLabel("Why this change").FillAsync("Report shorter flows");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();

        await Assertions.Expect(reader.Page.GetByText("Active as r")).ToBeVisibleAsync();
        await reader.GoAsync("/settings/revisions");
        await Assertions.Expect(reader.Page.GetByText("Report shorter flows").First).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_fault_stands_at_its_field_and_nothing_is_changed()
    {
        await using Reader reader = await OpenAsync();
        await reader.Page.Locator(Statistics).ClickAsync();
        ILocator field = reader.Page.GetByLabel("Mean packet bytes");

        await field.FillAsync("70000");
        await field.PressAsync("Tab");
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();

        await Assertions.Expect(reader.Page.GetByText("Nothing was changed: 1 fault.")).ToBeVisibleAsync();
        await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
    }

    [Fact]
    public async Task An_nf_is_moved_and_applied_by_keyboard_alone()
    {
        await using Reader reader = await OpenAsync();
        await reader.Page.Locator(Statistics).FocusAsync();

        await reader.Page.Keyboard.PressAsync("Alt+ArrowRight");
        await Assertions.Expect(reader.Page.Locator("[data-nf=stats][data-stage='1']")).ToBeVisibleAsync();
        await reader.Page.GetByLabel("Why this change").FocusAsync();
        await reader.Page.Keyboard.TypeAsync("Statistics after inspection");
        await reader.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(reader.Page.GetByText("Active as r")).ToBeVisibleAsync();
        await Assertions.Expect(reader.Page.Locator("[data-nf=stats][data-stage='1']")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task An_nf_is_dragged_into_a_stage_of_its_own_and_undo_brings_it_back()
    {
        await using Reader reader = await OpenAsync();
        ILocator dpi = reader.Page.Locator("[data-nf=dpi]");
        string? before = await dpi.GetAttributeAsync("data-stage");
        LocatorBoundingBoxResult from = (await dpi.Locator("[data-nf-head]").BoundingBoxAsync())!;
        LocatorBoundingBoxResult to = (await reader.Page.Locator("[data-slot][data-index='-1']").Last
            .BoundingBoxAsync())!;

        await reader.Page.Mouse.MoveAsync(from.X + 40, from.Y + 20);
        await reader.Page.Mouse.DownAsync();
        await reader.Page.Mouse.MoveAsync(to.X + (to.Width / 2), to.Y + 40, new() { Steps = 8 });
        await reader.Page.Mouse.UpAsync();

        await Assertions.Expect(dpi).Not.ToHaveAttributeAsync("data-stage", before!);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Undo" }).ClickAsync();
        await Assertions.Expect(dpi).ToHaveAttributeAsync("data-stage", before!);
    }

    [Fact]
    public async Task A_draft_is_checked_and_explained_without_being_applied()
    {
        await using Reader reader = await OpenAsync();
        ILocator moved = reader.Page.Locator("[data-nf=stats]");
        int before = int.Parse((await moved.GetAttributeAsync("data-stage"))!, CultureInfo.InvariantCulture);
        await reader.Page.Locator(Statistics).FocusAsync();
        await reader.Page.Keyboard.PressAsync("Alt+ArrowRight");
        await Assertions.Expect(moved).ToHaveAttributeAsync("data-stage", $"{before + 1}");

        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Check" }).ClickAsync();
        await Assertions.Expect(reader.Page.GetByText("No fault found. Not applied yet.")).ToBeVisibleAsync();
        await reader.Page.GetByRole(AriaRole.Link, new() { Name = "Why it runs so" }).ClickAsync();

        await Assertions.Expect(reader.Page.GetByText("as changed, not applied")).ToBeVisibleAsync();
        ILocator stage = reader.Page.GetByRole(AriaRole.Region, new() { Name = $"Stage {before + 2}" });
        await Assertions.Expect(stage.GetByText("stats", new() { Exact = true }).First).ToBeVisibleAsync();
        ILocator shared = reader.Page.GetByRole(AriaRole.Region, new() { Name = "One stack for all" });
        await Assertions.Expect(shared.GetByText("client stream")).ToBeVisibleAsync();
        await Assertions.Expect(shared.GetByText("ids (")).Not.ToHaveCountAsync(0);
    }

    private async Task<Reader> OpenAsync()
    {
        Reader reader = await appliance.SignInAsync();
        await reader.GoAsync("/chains/demo");
        await Assertions.Expect(reader.Page.Locator(Statistics)).ToBeVisibleAsync();
        return reader;
    }
}
