using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace WebUi.Components.Controls;

/// <summary>One end of a chain's picture: the port that packets come from or go to.</summary>
public sealed partial class ChainPort
{
    private const int TextMax = 14;

    [Parameter, EditorRequired]
    public double X { get; set; }

    [Parameter, EditorRequired]
    public double Y { get; set; }

    /// <summary>The port's id; empty at the end of a chain that only listens.</summary>
    [Parameter, EditorRequired]
    public string Id { get; set; } = "";

    [Parameter]
    public string Note { get; set; } = "";

    private double Middle => X + (ChainLayout.PortWidth / 2);

    private string Short => Id.Length <= TextMax ? Id : Id[..(TextMax - 1)] + "…";

    private static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
