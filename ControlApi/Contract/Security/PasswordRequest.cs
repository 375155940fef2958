namespace ControlApi.Contract.Security;

/// <summary>Sets one's own password; the current one is not needed while there is none.</summary>
public sealed record PasswordRequest(string NewPassword, string? CurrentPassword = null);
