namespace Persistence.Stores;

/// <summary>
/// Which stored notices are wanted. Times are packet times, microseconds; sequence numbers exclude.
/// </summary>
public sealed record NoticeSearch
{
    public SearchCondition Condition { get; init; } = SearchCondition.All;

    public long? From { get; init; }

    public long? To { get; init; }

    /// <summary>Only notices before this sequence number: the cursor of a page.</summary>
    public long? Before { get; init; }

    /// <summary>Only notices behind this sequence number.</summary>
    public long? After { get; init; }

    public required int Limit { get; init; }
}
