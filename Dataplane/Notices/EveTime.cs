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
        DateOnly.FromDateTime(new DateTime(ticks)).Deconstruct(out int year, out int month, out int day);
        long second = ticks / TimeSpan.TicksPerSecond % (24 * 3_600);
        Write(utf8, 0, 4, year, '-');
        Write(utf8, 5, 2, month, '-');
        Write(utf8, 8, 2, day, 'T');
        Write(utf8, 11, 2, second / 3_600, ':');
        Write(utf8, 14, 2, second / 60 % 60, ':');
        Write(utf8, 17, 2, second % 60, '.');
        Write(utf8, 20, 6, ticks / TimeSpan.TicksPerMicrosecond % 1_000_000, '+');
        "0000"u8.CopyTo(utf8[27..]);
        return BytesMax;
    }

    // Digits by hand: the formatter of dates took a tenth of writing a flow's line.
    private static void Write(Span<byte> utf8, int at, int digits, long number, char behind)
    {
        utf8[at + digits] = (byte)behind;
        for (int i = at + digits - 1; i >= at; i--)
        {
            utf8[i] = (byte)('0' + (number % 10));
            number /= 10;
        }
    }
}
