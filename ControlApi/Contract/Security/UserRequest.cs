namespace ControlApi.Contract.Security;

/// <summary>Asks for a new user.</summary>
public sealed record UserRequest(string Name, string Role, string Password);
