namespace ControlApi.Contract.Configuration;

/// <summary>A rule that did not load, and why.</summary>
public sealed record RejectedRule(string File, uint Line, ulong Sid, string Keyword, string Reason);
