using ControlApi.Contract.Notices;

namespace ControlApi.Notices.Filter;

/// <summary>A part of a filter: tells whether a notice fits, and says the same in SQL.</summary>
internal interface IFilterNode
{
    bool Matches(Notice notice);

    void Write(SqlWriter sql);
}

/// <summary>Fits every notice: the empty filter.</summary>
internal sealed record EverythingNode : IFilterNode
{
    public bool Matches(Notice notice) => true;

    public void Write(SqlWriter sql) => sql.Add("1");
}

/// <summary>Both sides fit.</summary>
internal sealed record AndNode(IFilterNode Left, IFilterNode Right) : IFilterNode
{
    public bool Matches(Notice notice) => Left.Matches(notice) && Right.Matches(notice);

    public void Write(SqlWriter sql) => sql.AddPair(Left, "AND", Right);
}

/// <summary>One side fits, or both.</summary>
internal sealed record OrNode(IFilterNode Left, IFilterNode Right) : IFilterNode
{
    public bool Matches(Notice notice) => Left.Matches(notice) || Right.Matches(notice);

    public void Write(SqlWriter sql) => sql.AddPair(Left, "OR", Right);
}

/// <summary>The part behind it does not fit.</summary>
internal sealed record NotNode(IFilterNode Inner) : IFilterNode
{
    public bool Matches(Notice notice) => !Inner.Matches(notice);

    public void Write(SqlWriter sql)
    {
        sql.Add("NOT ");
        Inner.Write(sql);
    }
}
