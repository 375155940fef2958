using WebUi.Stores;
using WebUi.Tests.Fakes;
using Xunit;

namespace WebUi.Tests.Stores;

public sealed class RedrawPaceTests
{
    [Fact]
    public void A_thousand_changes_a_second_are_drawn_four_times_and_the_last_is_not_left_out()
    {
        var time = new ManualTime();
        int changes = 0;
        int drawnChanges = 0;
        int draws = 0;
        using var pace = new RedrawPace(
            () =>
            {
                draws++;
                drawnChanges = changes;
            },
            time);

        for (int i = 0; i < 1000; i++)
        {
            changes++;
            pace.Request();
            time.Advance(TimeSpan.FromMilliseconds(1));
        }
        time.Advance(RedrawPace.Interval);

        Assert.InRange(draws, 4, 5);
        Assert.Equal(1000, drawnChanges);
    }

    [Fact]
    public void A_change_after_a_quiet_time_is_drawn_at_once()
    {
        var time = new ManualTime();
        int draws = 0;
        using var pace = new RedrawPace(() => draws++, time);

        pace.Request();
        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, draws);
    }

    [Fact]
    public void Nothing_is_drawn_after_the_page_was_left()
    {
        var time = new ManualTime();
        int draws = 0;
        var pace = new RedrawPace(() => draws++, time);

        pace.Dispose();
        pace.Request();
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(0, draws);
    }
}
