namespace ControlApi.Contract.Notices;

/// <summary>
/// archive, escalate, reopen or note, for the groups of some alerts; a note may go with each.
/// </summary>
public sealed record AlertAction(string Action, IReadOnlyList<string> Ids, string? Note = null);
