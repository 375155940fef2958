using System.Text.Json;
using ControlApi.Contract.Notices;

namespace ControlApi.Notices.Filter;

/// <summary>Compares a text of the notice, blind to the case of ASCII letters.</summary>
internal sealed record TextTest(FilterField Field, string Operator, IReadOnlyList<string> Values)
    : IFilterNode
{
    public bool Matches(Notice notice) => Field switch
    {
        FilterField.Type => Operator == "~" ? Fits(notice.Type)
            : Values.Any(v => NoticeTypes.IsAtOrBelow(notice.Type, v)),
        FilterField.Proto => Fits(notice.Flow?.Proto),
        FilterField.AppProto => Fits(notice.Flow?.AppProto),
        FilterField.Chain => Fits(notice.Chain),
        FilterField.Nf => Fits(notice.Nf),
        FilterField.Action => Fits(notice.Action),
        _ => Fits(notice.Title) || TextsOf(notice.Body).Any(Fits),
    };

    public void Write(SqlWriter sql)
    {
        switch (Field)
        {
            case FilterField.Type when Operator != "~":
                sql.AddTest(string.Join(" OR ", Values.Select(v => TypeTest(sql, v))));
                break;
            case FilterField.Type:
                sql.AddTest(TestOf(sql, "type"));
                break;
            case FilterField.Proto:
                sql.AddTest(TestOf(sql, "proto"));
                break;
            case FilterField.AppProto:
                sql.AddTest(TestOf(sql, "json_extract(document, '$.flow.appProto')"));
                break;
            case FilterField.Chain:
                sql.AddTest(TestOf(sql, "json_extract(document, '$.chain')"));
                break;
            case FilterField.Nf:
                sql.AddTest(TestOf(sql, "json_extract(document, '$.nf')"));
                break;
            case FilterField.Action:
                sql.AddTest(TestOf(sql, "json_extract(document, '$.action')"));
                break;
            default:
                sql.AddTest(TestOf(sql, "json_extract(document, '$.title')") + " OR EXISTS (SELECT 1 FROM "
                    + "json_tree(document, '$.body') AS t WHERE t.type = 'text' AND ("
                        + TestOf(sql, "t.value") + "))");
                break;
        }
    }

    private static string TypeTest(SqlWriter sql, string path)
    {
        string value = sql.Value(path.ToUpperInvariant());

        // '0' follows '/' in ASCII.
        return $"type = {value} OR (type > {value} || '/' AND type < {value} || '0')";
    }

    private static IEnumerable<string> TextsOf(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => [json.GetString()!],
        JsonValueKind.Object => json.EnumerateObject().SelectMany(m => TextsOf(m.Value)),
        JsonValueKind.Array => json.EnumerateArray().SelectMany(TextsOf),
        _ => [],
    };

    /// <summary>SQLite's lower() knows ASCII only; so does this, that both give one answer.</summary>
    private static string Fold(string text)
        => string.Create(text.Length, text, static (chars, source) =>
        {
            for (int i = 0; i < chars.Length; i++)
            {
                chars[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] | 0x20) : source[i];
            }
        });

    private bool Fits(string? text) => text is not null && (Operator == "~"
        ? Fold(text).Contains(Fold(Values[0]), StringComparison.Ordinal)
        : Values.Any(v => Fold(text) == Fold(v)));

    private string TestOf(SqlWriter sql, string column) => Operator == "~"
        ? $"instr(lower({column}), {sql.Value(Fold(Values[0]))}) > 0"
        : $"lower({column}) IN ({string.Join(", ", Values.Select(v => sql.Value(Fold(v))))})";
}
