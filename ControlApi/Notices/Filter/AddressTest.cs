using ControlApi.Contract.Notices;

namespace ControlApi.Notices.Filter;

/// <summary>Compares addresses with ranges; ip means either address.</summary>
internal sealed record AddressTest(FilterField Field, IReadOnlyList<AddressRange> Ranges) : IFilterNode
{
    public bool Matches(Notice notice) => notice.Flow is { } flow && Field switch
    {
        FilterField.SrcIp => Fits(flow.SrcIp),
        FilterField.DestIp => Fits(flow.DestIp),
        _ => Fits(flow.SrcIp) || Fits(flow.DestIp),
    };

    public void Write(SqlWriter sql)
    {
        string[] columns = Field switch
        {
            FilterField.SrcIp => ["src_ip"],
            FilterField.DestIp => ["dest_ip"],
            _ => ["src_ip", "dest_ip"],
        };
        sql.AddTest(string.Join(" OR ", columns.Select(c => $"coalesce(({TestOf(sql, c)}), 0)")));
    }

    private bool Fits(string address)
    {
        byte[] bytes = NoticeRenderer.StoredAddress(address);
        return Ranges.Any(r => r.Contains(bytes));
    }

    private string TestOf(SqlWriter sql, string column) => string.Join(" OR ", Ranges.Select(
        r => $"({column} >= {sql.Value(r.First)} AND {column} <= {sql.Value(r.Last)})"));
}
