namespace ControlApi.Contract.Security;

/// <summary>Asks for a key. It never gets more scopes than its maker has.</summary>
public sealed record KeyRequest(string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt = null);
