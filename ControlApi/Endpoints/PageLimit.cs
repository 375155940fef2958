using System.Globalization;
using Dataplane.Contract.Configuration;

namespace ControlApi.Endpoints;

/// <summary>The query parameter limit: 1 to 1000, 100 when absent.</summary>
public static class PageLimit
{
    public const int Default = 100;
    public const int Max = 1_000;

    /// <summary>The limit, or null and the fault.</summary>
    public static int? TryParse(string? text, out ConfigFault? fault)
    {
        fault = null;
        if (text is null)
        {
            return Default;
        }
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit)
            && limit is >= 1 and <= Max)
        {
            return limit;
        }
        fault = new ConfigFault("?limit", "bad-limit", $"'{text}' is no limit.", $"Use 1 to {Max}.");
        return null;
    }
}
