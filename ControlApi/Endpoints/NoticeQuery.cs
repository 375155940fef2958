using System.Globalization;
using ControlApi.Notices;
using ControlApi.Notices.Filter;
using Dataplane.Contract.Configuration;
using Persistence;
using Persistence.Stores;

namespace ControlApi.Endpoints;

/// <summary>The query parameters that select notices, checked all at once.</summary>
public sealed record NoticeQuery(NoticeFilter Filter, NoticeSearch Search)
{
    public static readonly string[] Names = ["filter", "from", "to", "after", "limit"];

    /// <summary>The query, or null with its faults.</summary>
    public static NoticeQuery? TryParse(IQueryCollection query, SpoolCatalog catalog,
        List<ConfigFault> faults)
    {
        NoticeFilter? filter = NoticeFilter.TryParse(query["filter"], catalog.PathOf, out FilterError? error);
        if (error is not null)
        {
            faults.Add(new ConfigFault("?filter", "bad-filter", $"The filter is wrong at {error}",
                $"Correct it at column {error.Column}."));
        }
        long? from = Time(query, "from", faults);
        long? to = Time(query, "to", faults);
        ulong? after = null;
        if (query["after"].FirstOrDefault() is { Length: > 0 } cursor
            && (after = NoticeCursor.TryParse(cursor)) is null)
        {
            faults.Add(new ConfigFault("?after", "bad-cursor", $"'{cursor}' is not the id of a notice.",
                "Use next of the page before."));
        }
        int? limit = PageLimit.TryParse(query["limit"].FirstOrDefault(), out ConfigFault? limitFault);
        if (limitFault is not null)
        {
            faults.Add(limitFault);
        }
        return faults.Count > 0 ? null : new NoticeQuery(filter!, new NoticeSearch
        {
            Condition = filter!.ToSearch(),
            From = from,
            To = to,
            Before = (long?)after,
            Limit = limit!.Value,
        });
    }

    public static IResult Refusal(List<ConfigFault> faults)
        => Problems.Result(StatusCodes.Status400BadRequest, "bad-query", faults[0].Message, [.. faults]);

    private static long? Time(IQueryCollection query, string name, List<ConfigFault> faults)
    {
        string? text = query[name].FirstOrDefault();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out DateTimeOffset time))
        {
            return Microseconds.Of(time);
        }
        faults.Add(new ConfigFault($"?{name}", "bad-time", $"'{text}' is no time.",
            "Write it as 2026-11-23T07:34:50Z."));
        return null;
    }
}
