using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>One number that matters, with what it counts.</summary>
public sealed partial class Figure
{
    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    [Parameter, EditorRequired]
    public string Value { get; set; } = "";

    [Parameter]
    public string Note { get; set; } = "";

    [Parameter]
    public bool IsBad { get; set; }
}
