namespace ControlApi.Contract.Security;

/// <summary>One thing that somebody did.</summary>
public sealed record AuditEntry(
    string Id, DateTimeOffset Time, string Actor, string Action, string Subject, string? Detail,
        string? Address);
