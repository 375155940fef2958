using ControlApi.Contract.Status;
using WebUi.Stores;
using WebUi.Tests.Fakes;
using Xunit;

namespace WebUi.Tests.Stores;

public sealed class FlowRatesTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_first_look_gives_the_mean_and_the_second_what_came_in_between()
    {
        FlowStatus flow = FakeRates.Flows()[0] with
        {
            ClientBytes = 1000,
            ServerBytes = 1000,
            FirstSeen = Start,
            LastSeen = Start.AddSeconds(4),
        };
        var rates = new FlowRates();

        Assert.Equal(4000, rates.Next([flow], Start.AddSeconds(4))[0].BitsPerSecond);
        FlowStatus later = flow with { ServerBytes = 2000 };
        Assert.Equal(4000, rates.Next([later], Start.AddSeconds(6))[0].BitsPerSecond);
    }

    [Fact]
    public void A_flow_whose_counters_began_anew_gets_its_mean()
    {
        FlowStatus flow = FakeRates.Flows()[0] with { FirstSeen = Start, LastSeen = Start.AddSeconds(8) };
        var rates = new FlowRates();
        rates.Next([flow], Start);

        FlowStatus again = flow with { ClientBytes = 500, ServerBytes = 500 };
        Assert.Equal(1000, rates.Next([again], Start.AddSeconds(1))[0].BitsPerSecond);
    }
}
