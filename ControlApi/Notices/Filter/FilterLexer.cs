using System.Text;

namespace ControlApi.Notices.Filter;

/// <summary>Splits a filter into words.</summary>
public static class FilterLexer
{
    private const string WordMarks = "_-./:*+@";

    /// <summary>The words, ending with End, or null and what is wrong.</summary>
    public static IReadOnlyList<FilterToken>? Split(string text, out FilterError? error)
    {
        var tokens = new List<FilterToken>();
        error = null;
        int at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            FilterToken? token = Next(text, ref at, out error);
            if (token is null)
            {
                return null;
            }
            tokens.Add(token.Value);
        }
        tokens.Add(new FilterToken(FilterTokenKind.End, "", text.Length + 1));
        return tokens;
    }

    private static FilterToken? Next(string text, ref int at, out FilterError? error)
    {
        int column = at + 1;
        error = null;
        switch (text[at])
        {
            case '(':
                return Single(FilterTokenKind.Open, text, ref at);
            case ')':
                return Single(FilterTokenKind.Close, text, ref at);
            case '{':
                return Single(FilterTokenKind.OpenSet, text, ref at);
            case '}':
                return Single(FilterTokenKind.CloseSet, text, ref at);
            case ',':
                return Single(FilterTokenKind.Comma, text, ref at);
            case '=' or '~':
                return Single(FilterTokenKind.Operator, text, ref at);
            case '!' or '<' or '>':
                return Comparison(text, ref at, out error);
            case '"':
                return Quoted(text, ref at, out error);
            default:
                break;
        }
        int end = at;
        while (end < text.Length && IsWord(text[end]))
        {
            end++;
        }
        if (end == at)
        {
            error = new FilterError(column, $"'{text[at]}' does not belong here; put texts in quotes.");
            return null;
        }
        var word = new FilterToken(FilterTokenKind.Word, text[at..end], column);
        at = end;
        return word;
    }

    private static FilterToken Single(FilterTokenKind kind, string text, ref int at)
    {
        at++;
        return new FilterToken(kind, text[at - 1].ToString(), at);
    }

    private static FilterToken? Comparison(string text, ref int at, out FilterError? error)
    {
        int column = at + 1;
        bool withEqual = at + 1 < text.Length && text[at + 1] == '=';
        error = null;
        if (text[at] == '!' && !withEqual)
        {
            error = new FilterError(column, "'!' is followed by '='; to negate, write not.");
            return null;
        }
        int length = withEqual ? 2 : 1;
        at += length;
        return new FilterToken(FilterTokenKind.Operator, text.Substring(column - 1, length), column);
    }

    private static FilterToken? Quoted(string text, ref int at, out FilterError? error)
    {
        int column = at + 1;
        var value = new StringBuilder();
        error = null;
        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                at = i + 1;
                return new FilterToken(FilterTokenKind.Quoted, value.ToString(), column);
            }
            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '"' or '\\')
            {
                i++;
            }
            value.Append(text[i]);
        }
        error = new FilterError(column, "The quote is not closed.");
        return null;
    }

    private static bool IsWord(char c)
        => char.IsLetterOrDigit(c) || WordMarks.Contains(c, StringComparison.Ordinal);
}
