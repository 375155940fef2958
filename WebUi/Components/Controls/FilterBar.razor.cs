using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>The text of a filter, with the sentence that says why it cannot be read.</summary>
public sealed partial class FilterBar
{
    private string _text = "";
    private string _shown = "";

    /// <summary>The filter in force.</summary>
    [Parameter, EditorRequired]
    public string Filter { get; set; } = "";

    /// <summary>Why the last one was refused; empty when it was not.</summary>
    [Parameter]
    public string Fault { get; set; } = "";

    [Parameter, EditorRequired]
    public EventCallback<string> OnFilter { get; set; }

    protected override void OnParametersSet()
    {
        if (Filter != _shown)
        {
            _text = _shown = Filter;
        }
    }

    private Task SubmitAsync() => OnFilter.InvokeAsync(_text.Trim());

    private Task ClearAsync()
    {
        _text = "";
        return OnFilter.InvokeAsync("");
    }
}
