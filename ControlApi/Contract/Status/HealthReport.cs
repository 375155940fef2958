namespace ControlApi.Contract.Status;

/// <summary>The appliance's state in a sentence, and the checks behind it.</summary>
public sealed record HealthReport(HealthState Health, string Sentence, IReadOnlyList<HealthCheck> Checks);
