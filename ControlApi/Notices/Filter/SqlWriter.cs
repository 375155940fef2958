using System.Globalization;
using System.Text;
using Persistence.Stores;

namespace ControlApi.Notices.Filter;

/// <summary>Collects a condition; values never become part of its text.</summary>
internal sealed class SqlWriter
{
    private readonly StringBuilder _sql = new();
    private readonly List<object> _values = [];

    public void Add(string sql) => _sql.Append(sql);

    /// <summary>The name of a parameter with this value.</summary>
    public string Value(object value)
    {
        _values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"$p{_values.Count - 1}");
    }

    /// <summary>A comparison that is false, not unknown, where the column is empty.</summary>
    public void AddTest(string sql) => _sql.Append(CultureInfo.InvariantCulture, $"coalesce(({sql}), 0)");

    public void AddPair(IFilterNode left, string word, IFilterNode right)
    {
        _sql.Append('(');
        left.Write(this);
        _sql.Append(' ').Append(word).Append(' ');
        right.Write(this);
        _sql.Append(')');
    }

    public SearchCondition ToCondition() => new(_sql.ToString(), _values);
}
