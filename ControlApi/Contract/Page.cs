namespace ControlApi.Contract;

/// <summary>Part of a list; next is the cursor of the following part, or null behind the last.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
