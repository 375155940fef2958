namespace ControlApi.Security;

/// <summary>Query parameters that an endpoint knows; others are refused.</summary>
public sealed record AllowedQuery(IReadOnlyList<string> Names);
