using System.Globalization;
using Microsoft.JSInterop;

namespace WebUi.Stores;

/// <summary>Times in the reader's zone, which the browser names once per circuit; UTC until it has.</summary>
public sealed class ReaderClock(IJSRuntime js, TimeProvider time) : Store
{
    /// <summary>IANA name of the reader's zone, for scripts that format times themselves.</summary>
    public string ZoneName { get; private set; } = "UTC";

    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public DateTimeOffset Now => time.GetUtcNow();

    public async Task LearnAsync(CancellationToken cancel)
    {
        string name = await js.InvokeAsync<string>("appliance.timeZone", cancel);
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone))
        {
            (ZoneName, Zone) = (name, zone);
            Say();
        }
    }

    /// <summary>Clock time; with the date when it is not today's.</summary>
    public string Short(DateTimeOffset at)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(at, Zone);
        bool today = local.Date == TimeZoneInfo.ConvertTime(Now, Zone).Date;
        return local.ToString(today ? "HH:mm:ss" : "d MMM HH:mm", CultureInfo.InvariantCulture);
    }

    /// <summary>Date, time and the zone's offset.</summary>
    public string Long(DateTimeOffset at)
    {
        DateTimeOffset local = TimeZoneInfo.ConvertTime(at, Zone);
        string offset = local.Offset == TimeSpan.Zero
            ? "UTC"
            : local.ToString("'UTC'zzz", CultureInfo.InvariantCulture);
        return local.ToString("d MMM yyyy HH:mm:ss.ffffff ", CultureInfo.InvariantCulture) + offset;
    }

    /// <summary>RFC 3339 in UTC, as the files and the API have it.</summary>
    public static string Exact(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public string Ago(DateTimeOffset at) => Span(Now - at) + " ago";

    /// <summary>A length of time in its largest unit: 12 s, 4 min, 3 h, 2 d.</summary>
    public static string Span(TimeSpan span) => span.TotalSeconds switch
    {
        < 1 => "0 s",
        < 60 => $"{(int)span.TotalSeconds} s",
        < 3600 => $"{(int)span.TotalMinutes} min",
        < 86400 => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} d",
    };
}
