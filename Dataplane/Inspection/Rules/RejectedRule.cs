namespace Dataplane.Inspection.Rules;

/// <summary>A rule that did not load: where it stands, which keyword is at fault (or the part of the header),
/// and why in one sentence.</summary>
public sealed record RejectedRule(string File, int Line, uint Sid, string Keyword, string Reason);
