using System.Globalization;

namespace ControlApi.Notices.Filter;

/// <summary>
/// Reads: field op value, joined by and, or, not and parentheses; not binds closest, then and.
/// </summary>
internal sealed class FilterParser(IReadOnlyList<FilterToken> tokens, Func<string, string> typePath)
{
    private const int DepthMax = 64;
    private const int SetMax = 256;

    private static readonly Dictionary<string, FilterField> Fields = new(StringComparer.Ordinal)
    {
        ["severity"] = FilterField.Severity,
        ["type"] = FilterField.Type,
        ["src_ip"] = FilterField.SrcIp,
        ["dest_ip"] = FilterField.DestIp,
        ["ip"] = FilterField.Ip,
        ["src_port"] = FilterField.SrcPort,
        ["dest_port"] = FilterField.DestPort,
        ["port"] = FilterField.Port,
        ["proto"] = FilterField.Proto,
        ["app_proto"] = FilterField.AppProto,
        ["sid"] = FilterField.Sid,
        ["chain"] = FilterField.Chain,
        ["nf"] = FilterField.Nf,
        ["action"] = FilterField.Action,
        ["text"] = FilterField.Text,
    };

    private int _at;
    private int _depth;

    private FilterToken Current => tokens[_at];

    /// <summary>The filter's tree.</summary>
    /// <exception cref="FilterException">The text is no filter.</exception>
    public IFilterNode Parse()
    {
        if (Current.Kind == FilterTokenKind.End)
        {
            return new EverythingNode();
        }
        IFilterNode node = ParseOr();
        return Current.Kind == FilterTokenKind.End ? node
            : throw new FilterException(Current.Column,
                $"Expected and, or or the end before '{Current.Text}'.");
    }

    private IFilterNode ParseOr()
    {
        IFilterNode left = ParseAnd();
        while (TakeWord("or"))
        {
            left = new OrNode(left, ParseAnd());
        }
        return left;
    }

    private IFilterNode ParseAnd()
    {
        IFilterNode left = ParseNot();
        while (TakeWord("and"))
        {
            left = new AndNode(left, ParseNot());
        }
        return left;
    }

    private IFilterNode ParseNot()
    {
        if (++_depth > DepthMax)
        {
            throw new FilterException(Current.Column, $"The filter is nested deeper than {DepthMax}.");
        }
        IFilterNode node;
        if (TakeWord("not"))
        {
            node = new NotNode(ParseNot());
        }
        else if (Current.Kind == FilterTokenKind.Open)
        {
            _at++;
            node = ParseOr();
            Take(FilterTokenKind.Close, "')'");
        }
        else
        {
            node = ParseTest();
        }
        _depth--;
        return node;
    }

    private IFilterNode ParseTest()
    {
        FilterToken name = Take(FilterTokenKind.Word, "the name of a field");
        if (!Fields.TryGetValue(name.Text, out FilterField field))
        {
            throw new FilterException(name.Column,
                $"There is no field '{name.Text}'; use one of: {string.Join(", ", Fields.Keys)}.");
        }
        FilterToken op = Current;
        if (op.Kind != FilterTokenKind.Operator && op is not { Kind: FilterTokenKind.Word, Text: "in" })
        {
            throw new FilterException(op.Column, $"Expected one of = != < <= > >= in ~ behind {name.Text}.");
        }
        _at++;
        IReadOnlyList<FilterToken> values = op.Text == "in" ? ParseSet() : [ParseValue()];
        string positive = op.Text == "!=" ? "=" : op.Text;
        IFilterNode test = MakeTest(field, name, op, positive, values);
        return op.Text == "!=" ? new NotNode(test) : test;
    }

    private IFilterNode MakeTest(
        FilterField field, FilterToken name, FilterToken op, string positive,
            IReadOnlyList<FilterToken> values)
    {
        switch (field)
        {
            case FilterField.Severity or FilterField.Sid or FilterField.SrcPort or FilterField.DestPort
                or FilterField.Port:
                Allow(op, name, positive is "=" or "<" or "<=" or ">" or ">=" or "in");
                return new NumberTest(field, positive, [.. values.Select(Number)]);
            case FilterField.SrcIp or FilterField.DestIp or FilterField.Ip:
                Allow(op, name, positive is "=" or "in");
                return new AddressTest(field, [.. values.Select(Range)]);
            default:
                Allow(op, name, positive is "=" or "in" or "~");
                return new TextTest(field, positive, [.. values.Select(v =>
                    field == FilterField.Type && positive != "~" ? typePath(v.Text) : v.Text)]);
        }
    }

    private static void Allow(FilterToken op, FilterToken name, bool isAllowed)
    {
        if (!isAllowed)
        {
            throw new FilterException(op.Column, $"'{op.Text}' does not go with {name.Text}.");
        }
    }

    private static long Number(FilterToken value)
        => long.TryParse(value.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new FilterException(value.Column, $"'{value.Text}' is not a whole number.");

    private static AddressRange Range(FilterToken value) => AddressRange.TryParse(value.Text)
        ?? throw new FilterException(value.Column, $"'{value.Text}' is neither an address nor a network.");

    private List<FilterToken> ParseSet()
    {
        if (Current.Kind != FilterTokenKind.OpenSet)
        {
            return [ParseValue()];
        }
        _at++;
        var values = new List<FilterToken> { ParseValue() };
        while (Current.Kind == FilterTokenKind.Comma)
        {
            _at++;
            values.Add(ParseValue());
            if (values.Count > SetMax)
            {
                throw new FilterException(Current.Column, $"A set has at most {SetMax} values.");
            }
        }
        Take(FilterTokenKind.CloseSet, "',' or '}'");
        return values;
    }

    private FilterToken ParseValue() => Current.Kind is FilterTokenKind.Word or FilterTokenKind.Quoted
        ? tokens[_at++] : throw new FilterException(Current.Column, "A value is missing here.");

    private bool TakeWord(string word)
    {
        bool isThere = Current.Kind == FilterTokenKind.Word && Current.Text == word;
        _at += isThere ? 1 : 0;
        return isThere;
    }

    private FilterToken Take(FilterTokenKind kind, string what) => Current.Kind == kind
        ? tokens[_at++] : throw new FilterException(Current.Column, $"Expected {what} here.");
}
