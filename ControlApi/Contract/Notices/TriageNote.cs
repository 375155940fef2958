namespace ControlApi.Contract.Notices;

/// <summary>What somebody wrote about an alert.</summary>
public sealed record TriageNote(string Author, DateTimeOffset Time, string Text);
