namespace ControlApi.Contract.Status;

/// <summary>One check; fix says what to do when it is not good.</summary>
public sealed record HealthCheck(string Name, HealthState Health, string Message, string? Fix);
