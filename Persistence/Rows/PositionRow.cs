namespace Persistence.Rows;

/// <summary>Sequence number of the last notice that went into this database. One row.</summary>
public sealed class PositionRow
{
    public const int OnlyId = 1;

    public int Id { get; init; } = OnlyId;

    public required long Seq { get; set; }
}
