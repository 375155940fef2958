namespace Persistence.Stores;

/// <summary>
/// A condition over the columns of notices in SQL; values stand in Parameters as $p0, $p1 and so on.
/// </summary>
public sealed record SearchCondition(string Sql, IReadOnlyList<object> Parameters)
{
    public static SearchCondition All { get; } = new("1", []);
}
