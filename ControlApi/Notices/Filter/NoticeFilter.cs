using ControlApi.Contract.Notices;
using Persistence.Stores;

namespace ControlApi.Notices.Filter;

/// <summary>A condition on notices: the same answer in memory and as a search.</summary>
public sealed class NoticeFilter
{
    public const int CharsMax = 4_096;

    private readonly IFilterNode _root;

    private NoticeFilter(IFilterNode root) => _root = root;

    public static NoticeFilter Everything { get; } = new(new EverythingNode());

    /// <summary>The filter, or null and what is wrong. Types may be named by path or by any alias.</summary>
    public static NoticeFilter? TryParse(string? text, Func<string, string> typePath, out FilterError? error)
    {
        text ??= "";
        if (text.Length > CharsMax)
        {
            error = new FilterError(CharsMax + 1, $"A filter has at most {CharsMax} characters.");
            return null;
        }
        if (FilterLexer.Split(text, out error) is not { } tokens)
        {
            return null;
        }
        try
        {
            return new NoticeFilter(new FilterParser(tokens, typePath).Parse());
        }
        catch (FilterException fault)
        {
            error = new FilterError(fault.Column, fault.Message);
            return null;
        }
    }

    public bool Matches(Notice notice) => _root.Matches(notice);

    public SearchCondition ToSearch()
    {
        var sql = new SqlWriter();
        _root.Write(sql);
        return sql.ToCondition();
    }
}
