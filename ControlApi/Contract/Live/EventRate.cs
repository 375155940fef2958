namespace ControlApi.Contract.Live;

/// <summary>Events of one type in the last second: delivered to one NF, or built when Nf is null.</summary>
public sealed record EventRate(string Type, string? Nf, int? Link, double PerSecond);
