namespace WebUi.Components.Controls;

/// <summary>The values of all series at one time.</summary>
public sealed record ChartPoint(DateTimeOffset Time, IReadOnlyList<double> Values);
