using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>Whether the packet went on: blocked or allowed, as word and shape.</summary>
public sealed partial class VerdictBadge
{
    [Parameter, EditorRequired]
    public string? Action { get; set; }
}
