using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using WebUi.Components.Controls;
using Xunit;

namespace WebUi.Tests.Controls;

public sealed class LiveTableTests : BunitContext
{
    [Fact]
    public void Text_that_an_attacker_wrote_is_text()
    {
        IRenderedComponent<LiveTable<string>> table = Show(false, "<img src=x onerror=alert(1)>");

        Assert.Empty(table.FindAll("img"));
        Assert.Equal("<img src=x onerror=alert(1)>", table.Find("td").TextContent);
    }

    [Fact]
    public void Only_rows_that_came_after_the_first_showing_are_marked()
    {
        IRenderedComponent<LiveTable<string>> table = Show(false, "b", "a");

        table.Render(changed => changed.Add(one => one.Items, ["c", "b", "a"]));

        IElement marked = Assert.Single(table.FindAll("tr.fresh"));
        Assert.Equal("c", marked.TextContent.Trim());
    }

    [Fact]
    public void A_paused_table_numbers_its_rows_and_a_moving_one_does_not()
    {
        IRenderedComponent<LiveTable<string>> table = Show(true, "b", "a");
        Assert.Equal(["2", "3"], table.FindAll("tbody tr").Select(row => row.GetAttribute("aria-rowindex")));

        table.Render(changed => changed.Add(one => one.Paused, false));
        Assert.All(table.FindAll("tbody tr"), row => Assert.Null(row.GetAttribute("aria-rowindex")));
    }

    [Fact]
    public void An_empty_table_says_why()
    {
        IRenderedComponent<LiveTable<string>> table = Show(false);

        Assert.Equal("Nothing yet.", table.Find(".empty").TextContent);
    }

    private IRenderedComponent<LiveTable<string>> Show(bool paused, params string[] rows) =>
        Render<LiveTable<string>>(table => table
            .Add(one => one.Label, "Rows")
            .Add(one => one.Items, rows)
            .Add(one => one.Key, row => row)
            .Add(one => one.Paused, paused)
            .Add(one => one.Header, "<th scope=\"col\">Row</th>")
            .Add(one => one.Row, row => (RenderFragment)(builder =>
            {
                builder.OpenElement(0, "td");
                builder.AddContent(1, row);
                builder.CloseElement();
            })));
}
