using CsCheck;
using Dataplane.Time;

namespace Dataplane.Tests.Time;

/// <summary>The live clock on a machine whose wall clock is set while packets pass.</summary>
public sealed class LiveClockTests
{
    private const double SecondNs = 1e9;

    [Fact]
    public void A_wall_clock_that_is_set_forward_is_followed_within_a_second()
    {
        var machine = new Machine();
        var clock = new LiveClock(machine);
        machine.Set(TimeSpan.FromDays(20_000));
        Pass(machine, clock, seconds: 2);
        Assert.InRange((machine.WallNs - clock.NowNs) / SecondNs, 0, 0.001);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(2)]
    [InlineData(3_600)]
    public void Time_goes_on_when_the_wall_clock_is_set_back_and_meets_it_again(double seconds)
    {
        var machine = new Machine();
        var clock = new LiveClock(machine);
        Pass(machine, clock, seconds: 5);
        long before = clock.NowNs;
        machine.Set(TimeSpan.FromSeconds(-seconds));

        Pass(machine, clock, seconds: 10);
        Assert.InRange((clock.NowNs - before) / SecondNs, 4.9, 10.001);

        Pass(machine, clock, (int)(2 * seconds) + 5);
        Assert.InRange((clock.NowNs - machine.WallNs) / SecondNs, -0.001, 0.001);
    }

    [Fact]
    public void Never_goes_back_and_never_stands_still_for_long_whatever_is_set() =>
        Gen.Select(Gen.Int[-5_000, 5_000], Gen.Int[1, 1_500]).List[1, 60].Sample(
            steps =>
            {
                var machine = new Machine();
                var clock = new LiveClock(machine);
                foreach ((int setMs, int passMs) in steps)
                {
                    machine.Set(TimeSpan.FromMilliseconds(setMs));
                    long before = clock.NowNs;
                    machine.Pass(TimeSpan.FromMilliseconds(passMs));
                    clock.BeginBurst();
                    if (clock.NowNs - before < passMs * 1_000_000L / 2 - 1_000)
                    {
                        return false;
                    }
                }

                return true;
            }, iter: 2_000, threads: 1);

    private static void Pass(Machine machine, LiveClock clock, int seconds)
    {
        for (int i = 0; i < seconds * 100; i++)
        {
            machine.Pass(TimeSpan.FromMilliseconds(10));
            clock.BeginBurst();
        }
    }

    /// <summary>A machine whose clocks go as told.</summary>
    private sealed class Machine : TimeProvider
    {
        private DateTimeOffset _wall = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);
        private long _ticks = 1_000;

        public long WallNs => (_wall - DateTimeOffset.UnixEpoch).Ticks * 100;

        public override long TimestampFrequency => 1_000_000_000;

        public void Set(TimeSpan by) => _wall += by;

        public void Pass(TimeSpan time)
        {
            _wall += time;
            _ticks += time.Ticks * 100;
        }

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => _wall;
    }
}
