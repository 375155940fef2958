namespace ControlApi.Contract.Security;

/// <summary>A new key; the secret is shown here and never again.</summary>
public sealed record KeyCreated(KeySummary Key, string Secret);
