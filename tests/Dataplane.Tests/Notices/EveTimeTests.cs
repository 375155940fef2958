using System.Globalization;
using System.Text;
using Dataplane.Notices;

namespace Dataplane.Tests.Notices;

public sealed class EveTimeTests
{
    [Theory]
    [InlineData(0L)]
    [InlineData(1_763_883_290_123_456_789L)]
    [InlineData(951_782_399_999_999_999L)]
    [InlineData(-1_000L)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void A_time_is_written_as_the_calendar_has_it(long timeNs)
    {
        Span<byte> text = stackalloc byte[40];
        int bytes = EveTime.Format(timeNs, text);

        string expected = DateTime.UnixEpoch.AddTicks(timeNs / 100)
            .ToString("yyyy-MM-ddTHH:mm:ss.ffffff+0000", CultureInfo.InvariantCulture);
        Assert.Equal(expected, Encoding.ASCII.GetString(text[..bytes]));
    }
}
