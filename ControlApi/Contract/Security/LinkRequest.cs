namespace ControlApi.Contract.Security;

/// <summary>Sign-in with the token of a one-time link.</summary>
public sealed record LinkRequest(string Token);
