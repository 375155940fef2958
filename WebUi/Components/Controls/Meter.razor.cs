using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>A share from 0 to 1 as a bar, with its number in words.</summary>
public sealed partial class Meter
{
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    [Parameter, EditorRequired]
    public double Share { get; set; }

    [Parameter]
    public string Note { get; set; } = "";

    private int Percent => (int)Math.Round(Math.Clamp(Share, 0, 1) * 100);
}
