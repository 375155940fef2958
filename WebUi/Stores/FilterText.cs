namespace WebUi.Stores;

/// <summary>Builds texts of the filter language from values that a reader clicked.</summary>
public static class FilterText
{
    /// <summary>
    /// field = value, or field != value; the value is quoted unless it is a plain word, number or address.
    /// </summary>
    public static string Condition(string field, string value, string op) => $"{field} {op} {Quote(value)}";

    /// <summary>Both filters at once; brackets where the first has an "or" of its own.</summary>
    public static string And(string filter, string condition)
    {
        string trimmed = filter.Trim();
        if (trimmed.Length == 0)
        {
            return condition;
        }
        bool hasOr = trimmed.Split(' ').Contains("or", StringComparer.OrdinalIgnoreCase);
        return hasOr ? $"({trimmed}) and {condition}" : $"{trimmed} and {condition}";
    }

    private static string Quote(string value)
    {
        bool plain = value.Length > 0
            && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or ':' or '-' or '_' or '/');
        if (plain)
        {
            return value;
        }
        string escaped = value
            .Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        return $"\"{escaped}\"";
    }
}
