namespace ControlApi.Security;

/// <summary>What a caller needs for an endpoint; null: any caller that is signed in.</summary>
public sealed record RequiredScope(string? Scope);
