namespace ControlApi.Contract.Configuration;

/// <summary>One place in which the base of a commit and the active revision differ; values as JSON.</summary>
public sealed record FieldDifference(string Path, string? Base, string? Active);
