namespace ControlApi.Contract.Security;

/// <summary>A new session; the token is shown here and never again.</summary>
public sealed record SessionCreated(string Id, string Token, DateTimeOffset ExpiresAt, Me Me);
