namespace Persistence;

/// <summary>Whole microseconds since 1970, UTC: the form in which every moment is stored.</summary>
public static class Microseconds
{
    public static long Of(DateTimeOffset moment)
        => (moment.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset ToMoment(long stored)
        => DateTimeOffset.UnixEpoch.AddTicks(stored * TimeSpan.TicksPerMicrosecond);
}
