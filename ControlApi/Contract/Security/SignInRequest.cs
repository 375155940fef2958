namespace ControlApi.Contract.Security;

/// <summary>Sign-in with a password, and a one-time code where the user has set one up.</summary>
public sealed record SignInRequest(string User, string Password, string? Code = null);
