namespace ControlApi.Contract.Security;

/// <summary>One user.</summary>
public sealed record UserSummary(string Name, string Role, bool HasPassword, DateTimeOffset CreatedAt);
