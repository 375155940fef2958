using System.Globalization;

namespace Dataplane.Notices;

/// <summary>Time stamps as EVE has them: <c>2026-11-23T07:34:50.123456+0000</c>, always UTC.</summary>
public static class EveTime
{
    public const int BytesMax = 31;

    private const long TicksMax = 3_155_378_975_999_999_999; // the last moment of the year 9999

    /// <summary>Writes the time (ns since 1970) and answers how many bytes it took.</summary>
    public static int Format(long timeNs, Span<byte> utf8)
    {
        long ticks = Math.Clamp(DateTime.UnixEpoch.Ticks + (timeNs / 100), 0, TicksMax);
        new DateTime(ticks, DateTimeKind.Utc).TryFormat(
            utf8, out int bytes, "yyyy-MM-ddTHH:mm:ss.ffffff+0000", CultureInfo.InvariantCulture);
        return bytes;
    }
}
