namespace WebUi.Components.Controls;

/// <summary>One line of a chart: its name, and the CSS variable that holds its colour.</summary>
public sealed record ChartSeries(string Label, string Color, bool Dashed);
