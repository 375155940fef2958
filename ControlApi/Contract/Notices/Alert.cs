namespace ControlApi.Contract.Notices;

/// <summary>A notice that belongs in the inbox, with what people did about it.</summary>
public sealed record Alert : Notice
{
    public required TriageState State { get; init; }

    /// <summary>Alerts of one signature, source, destination and chain share a group.</summary>
    public required string GroupId { get; init; }

    public IReadOnlyList<TriageNote> Notes { get; set; } = [];
}
