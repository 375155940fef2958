using Microsoft.AspNetCore.Components;
using WebUi.Stores;

namespace WebUi.Components.Controls;

/// <summary>A value in a list with two buttons: only those with it, and those without it.</summary>
public sealed partial class FilterValue
{
    /// <summary>The field's name in the filter language.</summary>
    [Parameter, EditorRequired]
    public string Field { get; set; } = "";

    [Parameter, EditorRequired]
    public string Value { get; set; } = "";

    /// <summary>Gets the condition to add to the filter.</summary>
    [Parameter, EditorRequired]
    public EventCallback<string> OnFilter { get; set; }

    [Parameter, EditorRequired]
    public RenderFragment ChildContent { get; set; } = default!;

    private Task OnlyAsync() => OnFilter.InvokeAsync(FilterText.Condition(Field, Value, "="));

    private Task WithoutAsync() => OnFilter.InvokeAsync(FilterText.Condition(Field, Value, "!="));
}
