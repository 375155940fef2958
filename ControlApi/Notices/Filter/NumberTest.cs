using System.Globalization;
using ControlApi.Contract.Notices;

namespace ControlApi.Notices.Filter;

/// <summary>Compares a number of the notice; port means either port.</summary>
internal sealed record NumberTest(FilterField Field, string Operator, IReadOnlyList<long> Values)
    : IFilterNode
{
    public bool Matches(Notice notice) => Field switch
    {
        FilterField.Severity => Fits(notice.Severity),
        FilterField.Sid => Fits(NoticeFields.Sid(notice)),
        FilterField.SrcPort => Fits(notice.Flow?.SrcPort),
        FilterField.DestPort => Fits(notice.Flow?.DestPort),
        _ => Fits(notice.Flow?.SrcPort) || Fits(notice.Flow?.DestPort),
    };

    public void Write(SqlWriter sql)
    {
        switch (Field)
        {
            case FilterField.Severity:
                WriteColumn(sql, "severity");
                break;
            case FilterField.Sid:
                WriteColumn(sql, "sid");
                break;
            case FilterField.SrcPort:
                WriteColumn(sql, "src_port");
                break;
            case FilterField.DestPort:
                WriteColumn(sql, "dest_port");
                break;
            default:
                sql.Add("(");
                WriteColumn(sql, "src_port");
                sql.Add(" OR ");
                WriteColumn(sql, "dest_port");
                sql.Add(")");
                break;
        }
    }

    private bool Fits(long? number) => number is { } value && Operator switch
    {
        "<" => value < Values[0],
        "<=" => value <= Values[0],
        ">" => value > Values[0],
        ">=" => value >= Values[0],
        _ => Values.Contains(value),
    };

    private void WriteColumn(SqlWriter sql, string column) => sql.AddTest(Operator == "in"
        ? $"{column} IN ({string.Join(", ", Values.Select(v => v.ToString(CultureInfo.InvariantCulture)))})"
        : $"{column} {Operator} {sql.Value(Values[0])}");
}
