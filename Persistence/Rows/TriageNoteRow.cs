namespace Persistence.Rows;

/// <summary>What somebody wrote about a group of alerts.</summary>
public sealed class TriageNoteRow
{
    public long Id { get; init; }

    public required string GroupId { get; init; }

    public required string Author { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Text { get; init; }
}
